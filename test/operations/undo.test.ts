import assert from 'node:assert/strict';
import { test } from 'node:test';
import { execute, rows, value } from '../stage/client.ts';
import { createDatabase, createRole } from '../stage/databases.ts';
import { differences, fingerprint } from '../stage/fingerprint.ts';
import { openSession } from '../stage/open-session.ts';
import { hostServer, privateServer } from '../stage/servers.ts';
import { hostTarget, targetProject } from '../stage/target-project.ts';

test('restore, undo and undo again: three states, each as it was', async () => {
  const server = await hostServer();
  const database = await createDatabase(server);
  await execute(server, database, 'CREATE TABLE t AS SELECT 1 AS n');
  const project = targetProject({ local: hostTarget(server, database) });
  await project.must(['backup']);
  const atBackup = await fingerprint(server, database);
  await execute(server, database, `UPDATE t SET n = 2; ALTER DATABASE ${database} SET work_mem = '7MB'`);
  const live = await fingerprint(server, database);
  await project.must(['restore', 'latest', '--force']);
  const restored = await fingerprint(server, database);
  // Settings are the live database's, contents the backup's.
  assert.deepEqual(differences(atBackup, restored, /settings of the database/), []);
  await project.must(['undo', '--force']);
  assert.deepEqual(differences(live, await fingerprint(server, database)), []);
  await project.must(['undo', '--force']);
  assert.deepEqual(differences(restored, await fingerprint(server, database)), []);
});

test('only what the last restore replaced is kept, and prune --undo drops it', async () => {
  const server = await hostServer();
  const database = await createDatabase(server);
  const project = targetProject({ local: hostTarget(server, database) });
  await project.must(['backup']);
  const kept = async () => {
    const like = `SELECT datname AS name FROM pg_database WHERE starts_with(datname, '${database}_')`;
    return (await rows<{ name: string }>(server, 'postgres', like)).map(({ name }) => name);
  };
  for (let time = 0; time < 2; time += 1) {
    const { undo } = await project.must<{ undo: string }>(['restore', 'latest', '--force']);
    assert.deepEqual(await kept(), [undo]);
    assert.match(await execute(server, database, 'SELECT 1'), /1/);
    await assert.rejects(execute(server, undo, 'SELECT 1'), /not currently accepting connections/);
  }
  const [undo] = await kept();
  const dry = await project.run(['prune', '--undo', '--dry-run']);
  assert.match(dry.stdout, new RegExp(`${undo} +would drop`));
  assert.equal((await kept()).length, 1);
  await project.must(['prune', '--undo']);
  assert.deepEqual(await kept(), []);
  const nothing = await project.run(['undo', '--force']);
  assert.equal(nothing.exitCode, 2);
  assert.match(nothing.stderr, /nothing to undo[\s\S]*hint: .*db-orchestrate list/);
});

test('undo brings a database back that was dropped after a restore', async () => {
  const server = await hostServer();
  const database = await createDatabase(server);
  await execute(server, database, 'CREATE TABLE t AS SELECT 1 AS n');
  const project = targetProject({ local: hostTarget(server, database) });
  await project.must(['backup']);
  await execute(server, database, 'UPDATE t SET n = 2');
  await project.must(['restore', 'latest', '--force']);
  await execute(server, 'postgres', `DROP DATABASE ${database}`);
  const result = await project.run(['undo', '--force']);
  assert.equal(result.exitCode, 0, result.stderr);
  assert.match(result.stderr, /does not exist any more/);
  assert.equal(await value(server, database, 'SELECT n FROM t'), 2);
});

test('undo says beforehand what stands in its way', async () => {
  const server = await hostServer();
  const owner = await createRole(server, 'secret', 'CREATEDB');
  const database = await createDatabase(server, { options: `OWNER ${owner}` });
  const login = { user: owner, password: 'secret' };
  const project = targetProject({ local: hostTarget(server, database, login) });
  await project.must(['backup']);
  await project.must(['restore', 'latest', '--force']);
  const session = openSession(server, database);
  await session.execute('SELECT 1');
  const used = await project.run(['undo', '--force']);
  assert.equal(used.exitCode, 6);
  assert.match(used.stderr, /used by sessions that this role may not end: postgres/);
  await session.close();
  await execute(server, 'postgres', `ALTER ROLE ${owner} NOCREATEDB`);
  const right = await project.run(['undo', '--force']);
  assert.equal(right.exitCode, 6);
  assert.match(right.stderr, /may not rename databases[\s\S]*hint: .*CREATEDB/);
});

test('the database postgres itself is backed up, restored and undone, one run at a time', async () => {
  const server = await privateServer();
  await execute(server, 'postgres', 'CREATE TABLE t AS SELECT 1 AS n');
  const project = targetProject({ local: hostTarget(server, 'postgres') });
  await project.must(['backup']);
  await execute(server, 'postgres', 'UPDATE t SET n = 2');
  await project.must(['restore', 'latest', '--force']);
  assert.equal(await value(server, 'postgres', 'SELECT n FROM t'), 1);
  await project.must(['undo', '--force']);
  assert.equal(await value(server, 'postgres', 'SELECT n FROM t'), 2);
});
