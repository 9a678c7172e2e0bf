import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { Manifest } from '../../src/catalog/manifest.ts';
import { execute, value } from '../stage/client.ts';
import { createDatabase } from '../stage/databases.ts';
import type { PgServer } from '../stage/part.ts';
import { hostServer } from '../stage/servers.ts';
import { hostTarget, type TargetProject, targetProject } from '../stage/target-project.ts';

let server: PgServer;
let database: string;
let project: TargetProject;
const exclude = { tables: ['audit_*', 'nothing_like_it'], tableData: ['"Big"."ses$ions"', 'root'] };
const megabytes5 = 'generate_series(1, 6000) n, LATERAL (SELECT repeat(md5(n::text), 30) AS x) AS l';

before(async () => {
  server = await hostServer();
  database = await createDatabase(server);
  await execute(
    server,
    database,
    `CREATE TABLE kept (id int PRIMARY KEY, x text); INSERT INTO kept SELECT n, x FROM ${megabytes5};
     CREATE TABLE audit_2025 AS SELECT n, x FROM ${megabytes5}; CREATE TABLE audit_2026 (id serial PRIMARY KEY);
     CREATE SCHEMA "Big"; CREATE TABLE "Big"."ses$ions" AS SELECT n, x FROM ${megabytes5};
     CREATE TABLE "Big".audit_hidden AS SELECT 1 AS n;
     CREATE TABLE root (n int) PARTITION BY RANGE (n); CREATE TABLE part PARTITION OF root DEFAULT; INSERT INTO root VALUES (1);`,
  );
  project = targetProject({ local: hostTarget(server, database) }, { jobs: 2, exclude });
});

function manifest(): Manifest {
  return JSON.parse(readFileSync(`${project.newest()}.json`, 'utf8'));
}

test('a backup leaves out what the patterns say, also where tables are read side by side, and says so', async () => {
  const { stderr } = await project.run(['backup']);
  assert.match(stderr, /warning: exclude\.tables: "nothing_like_it" leaves nothing out/);
  assert.match(stderr, /warning: exclude\.tableData: "root" leaves nothing out/);
  assert.match(
    stderr,
    /partial: it leaves out the rows of "Big"\."ses\$ions", table public\.audit_2025, table/,
  );
  assert.doesNotMatch(stderr, /will stop/);
  const { leftOut, parts } = manifest();
  assert.ok(parts!.length >= 2);
  assert.deepEqual(leftOut, [
    { what: 'rows', name: '"Big"."ses$ions"' },
    { what: 'table', name: 'public.audit_2025' },
    { what: 'table', name: 'public.audit_2026' },
    { what: 'table', name: 'public.audit_2026_id_seq' },
  ]);
  const text = gunzipSync(readFileSync(project.newest())).toString();
  const made = [...text.matchAll(/^CREATE TABLE (.*) \(/gm)].map(([, name]) => name);
  assert.deepEqual(made.sort(), [
    '"Big"."ses$ions"',
    '"Big".audit_hidden',
    'public.kept',
    'public.part',
    'public.root',
  ]);
  const copied = [...text.matchAll(/^COPY (.*) \(.*FROM stdin/gm)].map(([, name]) => name);
  assert.deepEqual(copied.sort(), ['"Big".audit_hidden', 'public.kept', 'public.part']);
});

test('it proves, and is no different from the live database but for what it left out', async () => {
  assert.equal((await project.must<{ proven: boolean }>(['verify', 'latest'])).proven, true);
  assert.equal((await project.must<{ same: boolean }>(['diff', 'latest', 'live'])).same, true);
});

test('list and show say that it is partial', async () => {
  assert.match((await project.run(['list'])).stdout, /HOLDS[\s\S]*in part/);
  const { backups } = await project.must<{ backups: { partial: boolean }[] }>(['list']);
  assert.deepEqual(
    backups.map(({ partial }) => partial),
    [true],
  );
  const { stdout } = await project.run(['show', 'latest']);
  assert.match(
    stdout,
    /^left out +rows of "Big"\."ses\$ions", public\.audit_2025, public\.audit_2026, public/m,
  );
});

test('it does not take the place of a database that holds something, by a swap or in place', async () => {
  for (const mode of ['swap', 'in-place']) {
    const { exitCode, stderr } = await project.run(['restore', 'latest', '--force', '--mode', mode]);
    assert.equal(exitCode, 6);
    assert.match(stderr, /is partial: it leaves out the rows of .*hint: .*--into NEW.*--table NAME/s);
  }
  assert.equal(await value(server, database, 'SELECT count(*) FROM audit_2025'), 6000);
});

test('it goes into a new database', async () => {
  const into = `${database}_new`;
  await project.must(['restore', 'latest', '--force', '--into', into]);
  assert.equal(await value(server, into, 'SELECT count(*) FROM kept'), 6000);
  assert.equal(await value(server, into, `SELECT count(*) FROM "Big"."ses$ions"`), 0);
});

test('what the tool backs up by itself leaves nothing out', async () => {
  await project.must(['guard', '--', 'true']);
  assert.deepEqual(manifest().leftOut, []);
});

test('partial backups do not push a complete one out', async () => {
  for (const _ of [1, 2]) await project.must(['backup']);
  const { removed, kept } = await project.must<{ kept: { path: string }[]; removed: object[] }>([
    'prune',
    '--keep-last',
    '1',
  ]);
  assert.deepEqual([kept.length, removed.length], [3, 1]); // one of them is proven
  const partial = kept.map(({ path }) => JSON.parse(readFileSync(`${path}.json`, 'utf8')).leftOut.length > 0);
  assert.deepEqual(partial.sort(), [false, true, true]);
});
