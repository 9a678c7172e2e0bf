import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, test } from 'node:test';
import type { Config } from '../../../src/config/config.ts';
import { OrchestrateError } from '../../../src/errors.ts';
import type { Difference } from '../../../src/operations/comparison/differences.ts';
import { chooseBackup } from '../../../src/operations/file/choose-backup.ts';
import { verify } from '../../../src/operations/verify.ts';
import { connectionUrl, execute } from '../../stage/client.ts';
import { createDatabase } from '../../stage/databases.ts';
import { hostServer } from '../../stage/servers.ts';
import { hostTarget, type TargetProject, targetProject } from '../../stage/target-project.ts';
import { localTarget, testRun } from '../backup-in-process.ts';

let project: TargetProject;
let url: string;

before(async () => {
  const server = await hostServer();
  const database = await createDatabase(server);
  url = connectionUrl(server, database);
  await execute(
    server,
    database,
    `CREATE TABLE orders (id serial PRIMARY KEY, "who" text, state varchar(9) CHECK (state IN ('new', 'paid')));
     INSERT INTO orders (who, state) SELECT 'customer ' || n, 'paid' FROM generate_series(1, 1000) n;
     CREATE INDEX by_who ON orders (who);
     CREATE VIEW paid AS SELECT * FROM orders WHERE state IN ('paid', 'new');
     CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT n * 2';
     CREATE TABLE notes (id int);
     INSERT INTO notes SELECT generate_series(1, 10);
     SELECT lo_from_bytea(4711, 'content'); SELECT lo_from_bytea(4712, 'more');
     GRANT SELECT ON orders TO pg_monitor;`,
  );
  project = targetProject({ local: hostTarget(server, database) });
  await project.must(['backup']);
});

/** What a proof finds when the scratch database is changed before it is looked at. */
async function differencesAfter(sql: string): Promise<readonly Difference[]> {
  const target = localTarget(url, join(project.folder, 'backups'));
  const config: Config = { root: project.folder, directory: target.directory, targets: [target] };
  const run = testRun(project.folder);
  const [chosen] = await chooseBackup(project.newest(), 'local', config, run);
  try {
    await verify(
      chosen!,
      {
        level: 'full',
        target,
        async whenRestored({ server }, database) {
          const session = await server.session(database);
          for (const statement of sql.split(';')) await session.execute(statement);
          await session.close();
        },
      },
      run,
    );
    return [];
  } catch (error) {
    if (!(error instanceof OrchestrateError && error.code === 'bad-file')) throw error;
    return (error.document as { differences: Difference[] }).differences;
  }
}

test('a full proof names every object that was changed where it was restored', async () => {
  const differences = await differencesAfter(`
    UPDATE public.orders SET who = 'somebody else' WHERE id = 7;
    SELECT setval('public.orders_id_seq', 4242);
    DROP INDEX public.by_who;
    CREATE OR REPLACE FUNCTION public.twice(n int) RETURNS int LANGUAGE sql AS 'SELECT n * 3';
    REVOKE SELECT ON public.orders FROM pg_monitor;
    CREATE OR REPLACE VIEW public.paid AS SELECT * FROM public.orders WHERE state IN ('paid', 'newer');
    INSERT INTO public.notes VALUES (11);
    SELECT lo_unlink(4712)`);
  const found = differences.map(({ object, what }) => `${object}: ${what}`);
  assert.deepEqual(found.sort(), [
    'function public.twice(integer): not the same in the file and in what was restored',
    'index public.by_who: only in the file',
    'large objects: 2 rows in the file, 1 in what was restored',
    "large objects: only in the file: row 2: SELECT pg_catalog.lo_create('4712');",
    "large objects: only in the file: row 4: SELECT pg_catalog.lo_open('4712', 131072);",
    'owners and grants: only in the file: ALTER LARGE OBJECT 4712 OWNER TO postgres;',
    'owners and grants: only in the file: GRANT SELECT ON TABLE public.orders TO pg_monitor;',
    'sequence set public.orders_id_seq: not the same in the file and in what was restored',
    'table public.notes: 10 rows in the file, 11 in what was restored',
    'table public.notes: only in what was restored: row 11: 11',
    'table public.orders: only in the file: row 7: 7\tcustomer 7\tpaid',
    'table public.orders: only in what was restored: row 1000: 7\tsomebody else\tpaid',
    'view public.paid: not the same in the file and in what was restored',
  ]);
});

test('a full proof passes rows that came back in another order, and what the server writes in another way', async () => {
  assert.deepEqual(await differencesAfter('UPDATE public.orders SET who = who WHERE id % 3 = 0'), []);
});

test('a full proof that fails is recorded, and such a backup is not the latest one any more', async () => {
  await differencesAfter('DELETE FROM public.notes');
  const { backups } = await project.must<{ backups: { proof: { level: string } }[] }>(['list']);
  assert.equal(backups[0]!.proof.level, 'failed');
  const restored = await project.run(['restore', 'latest', '--force']);
  assert.equal(restored.exitCode, 2);
  assert.match(restored.stderr, /did not prove/);
  await differencesAfter('SELECT 1');
  const again = await project.must<{ backups: { proof: { level: string } }[] }>(['list']);
  assert.equal(again.backups[0]!.proof.level, 'proven');
});
