import assert from 'node:assert/strict';
import { test } from 'node:test';
import { execute, value } from '../stage/client.ts';
import { createDatabase } from '../stage/databases.ts';
import { privateServer } from '../stage/servers.ts';
import { hostTarget, targetProject } from '../stage/target-project.ts';

test('5,000 tables are backed up, proved and restored with the default settings of a server', async () => {
  const server = await privateServer();
  const database = await createDatabase(server);
  await execute(
    server,
    database,
    `DO $$ BEGIN FOR i IN 1..5000 LOOP
       EXECUTE format('CREATE TABLE t%s (id serial PRIMARY KEY, s text)', i);
       EXECUTE format('INSERT INTO t%s (s) VALUES (1), (2)', i);
       IF i % 500 = 0 THEN COMMIT; END IF;
     END LOOP; END $$`,
  );
  const project = targetProject({ local: hostTarget(server, database) });
  await project.must(['backup']);
  assert.equal((await project.must<{ proven: boolean }>(['verify', 'latest'])).proven, true);
  await execute(server, database, 'DROP TABLE t4711');
  await project.must(['restore', 'latest', '--force']);
  assert.equal(await value(server, database, 'SELECT count(*) FROM t4711'), 2);
  assert.equal(
    await value(server, database, `SELECT count(*) FROM pg_tables WHERE schemaname = 'public'`),
    5000,
  );
});
