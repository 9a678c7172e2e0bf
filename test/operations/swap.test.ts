import assert from 'node:assert/strict';
import { test } from 'node:test';
import { execute, rows, value } from '../stage/client.ts';
import { createDatabase, createRole } from '../stage/databases.ts';
import { openSession } from '../stage/open-session.ts';
import type { PgServer } from '../stage/part.ts';
import { hostServer } from '../stage/servers.ts';
import { hostTarget, targetProject } from '../stage/target-project.ts';

/** Connects and writes all the time, each time anew, until it is stopped. */
function writeAllTheTime(server: PgServer, database: string): { stop(): Promise<{ failures: string[] }> } {
  let stopped = false;
  const failures: string[] = [];
  const work = async () => {
    while (!stopped) {
      const written = execute(
        server,
        database,
        `INSERT INTO t SELECT 0; SELECT pg_sleep(0.02); INSERT INTO t SELECT 0`,
      );
      await written.catch(error => failures.push(String(error)));
    }
  };
  const workers = [work(), work()];
  return {
    async stop() {
      stopped = true;
      await Promise.all(workers);
      return { failures };
    },
  };
}

test('a client that connects and writes all the time sees dropped sessions, and the swap succeeds', async () => {
  const server = await hostServer();
  const database = await createDatabase(server);
  await execute(server, database, 'CREATE TABLE t (n int); INSERT INTO t SELECT generate_series(1, 1000)');
  const project = targetProject({ local: hostTarget(server, database) });
  await project.must(['backup']);
  const client = writeAllTheTime(server, database);
  const idle = openSession(server, database);
  await idle.execute('BEGIN; LOCK TABLE t IN ROW EXCLUSIVE MODE');
  try {
    for (let round = 0; round < 2; round += 1) await project.must(['restore', 'latest', '--force']);
  } finally {
    const { failures } = await client.stop();
    // "does not exist" and "has just been renamed": who waited for the rename's lock.
    const known =
      /terminating connection|server closed the connection|does not exist|has just been renamed|SSL/;
    assert.deepEqual(
      failures.filter(message => !known.test(message)),
      [],
    );
  }
  assert.equal(await value(server, database, 'SELECT count(*) FROM t WHERE n > 0'), 1000);
  const kept = `SELECT datname FROM pg_database WHERE starts_with(datname, '${database}_') AND NOT datallowconn`;
  assert.equal((await rows(server, 'postgres', kept)).length, 1);
});

test('an owner that is no superuser restores, undoes, and ends the sessions of its own', async () => {
  const server = await hostServer();
  const owner = await createRole(server, 'secret', 'CREATEDB');
  const database = await createDatabase(server, { options: `OWNER ${owner}` });
  const login = { user: owner, password: 'secret' };
  const project = targetProject({ local: hostTarget(server, database, login) });
  await execute(server, database, `SET ROLE ${owner}; CREATE TABLE t AS SELECT 1 AS n`);
  await execute(server, 'postgres', `ALTER ROLE ${owner} IN DATABASE ${database} SET work_mem = '5MB'`);
  await project.must(['backup']);
  const session = openSession(server, database, login);
  await session.execute('UPDATE t SET n = 2');
  await project.must(['restore', 'latest', '--force']);
  assert.equal(await value(server, database, 'SELECT n FROM t'), 1);
  assert.equal(
    await value(
      server,
      database,
      `SELECT setconfig[1] FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase WHERE datname = '${database}'`,
    ),
    'work_mem=5MB',
  );
  await project.must(['undo', '--force']);
  assert.equal(await value(server, database, 'SELECT n FROM t'), 2);
});

test('a setting that only a superuser may give is said, with the statement to give it', async () => {
  const server = await hostServer();
  const owner = await createRole(server, 'secret', 'CREATEDB');
  const database = await createDatabase(server, { options: `OWNER ${owner}` });
  await execute(server, 'postgres', `ALTER DATABASE ${database} SET log_min_duration_statement = '7s'`);
  const project = targetProject({
    local: hostTarget(server, database, { user: owner, password: 'secret' }),
  });
  await project.must(['backup']);
  const result = await project.run(['restore', 'latest', '--force']);
  assert.equal(result.exitCode, 0, result.stderr);
  assert.match(
    result.stderr,
    new RegExp(`warning: .*run: ALTER DATABASE "${database}" SET "log_min_duration_statement" TO '7s';`),
  );
});
