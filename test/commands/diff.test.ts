import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { execute } from '../stage/client.ts';
import { createDatabase } from '../stage/databases.ts';
import type { PgServer } from '../stage/part.ts';
import { hostServer } from '../stage/servers.ts';
import { hostTarget, type TargetProject, targetProject } from '../stage/target-project.ts';

interface Diff {
  same: boolean;
  objects: { added: string[]; removed: string[]; changed: string[] };
  tables: { name: string; rowsInA: number; rowsInB: number; same: boolean }[];
  access: { added: string[]; removed: string[] };
}

let server: PgServer;
let database: string;
let project: TargetProject;

before(async () => {
  server = await hostServer();
  database = await createDatabase(server);
  await execute(
    server,
    database,
    `CREATE TABLE kept (id int PRIMARY KEY, t text); INSERT INTO kept SELECT n, 'row ' || n FROM generate_series(1, 500) n;
     CREATE TABLE gone (id int); INSERT INTO gone VALUES (1), (2);
     CREATE TABLE written (id int, t text); INSERT INTO written VALUES (1, 'a'), (2, 'b');
     CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
  );
  project = targetProject({ local: hostTarget(server, database) });
  await project.must(['backup']);
});

test('a backup does not differ from the database that it is of, nor from itself', async () => {
  assert.equal((await project.must<Diff>(['diff', 'latest', 'live'])).same, true);
  assert.equal((await project.must<Diff>(['diff', project.newest(), 'latest'])).same, true);
  assert.match((await project.run(['diff', 'latest', 'live'])).stdout, /no difference/);
});

test('rows in another order are no difference', async () => {
  await execute(server, database, 'UPDATE kept SET t = t WHERE id % 2 = 0');
  const { same, tables } = await project.must<Diff>(['diff', 'latest', 'live']);
  assert.deepEqual([same, tables.find(({ name }) => name === 'public.kept')!.same], [true, true]);
});

test('what was added, removed and changed since a backup is named: objects, rows, grants', async () => {
  const first = project.newest();
  await execute(
    server,
    database,
    `DROP TABLE gone; CREATE TABLE made (id int); INSERT INTO made VALUES (1);
     UPDATE written SET t = 'c' WHERE id = 2; INSERT INTO kept VALUES (501, 'row 501');
     CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 2'; GRANT SELECT ON kept TO pg_monitor`,
  );
  const expected = {
    same: false,
    objects: {
      added: ['table public.made'],
      removed: ['table public.gone'],
      changed: ['function public.f()'],
    },
    tables: [
      { name: 'public.gone', rowsInA: 2, rowsInB: 0, same: false },
      { name: 'public.kept', rowsInA: 500, rowsInB: 501, same: false },
      { name: 'public.made', rowsInA: 0, rowsInB: 1, same: false },
      { name: 'public.written', rowsInA: 2, rowsInB: 2, same: false },
    ],
  };
  const live = await project.must<Diff>(['diff', first, 'live']);
  assert.partialDeepStrictEqual(live, expected);
  assert.ok(live.access.added.includes('GRANT SELECT ON TABLE public.kept TO pg_monitor;'));
  await project.must(['backup']);
  assert.partialDeepStrictEqual(await project.must<Diff>(['diff', first, 'latest']), expected);
  const { stdout } = await project.run(['diff', first, 'live']);
  assert.match(stdout, /^objects: 1 added, 1 removed, 1 changed; tables with other rows: 4/m);
  assert.match(stdout, /^table public\.written: only in A: row 2: 2\\tb$/m);
  assert.match(stdout, /^table public\.written: only in B: row 2: 2\\tc$/m);
});

test('diff of the live database with itself is refused with the right order', async () => {
  const result = await project.run(['diff', 'live', 'latest']);
  assert.equal(result.exitCode, 2);
  assert.match(result.stderr, /db-orchestrate diff latest live/);
});
