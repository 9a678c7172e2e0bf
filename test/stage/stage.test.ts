import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionUrl, execute, pgDump, pgProgram, value } from './client.ts';
import { startContainer } from './containers.ts';
import { createDatabase, createRole } from './databases.ts';
import { createLargeDatabase } from './large-database.ts';
import { openSession } from './open-session.ts';
import { startProgram } from './run-program.ts';
import { hostServer, privateServer, server17 } from './servers.ts';
import { watchMemory } from './watch-memory.ts';

test('the shared server asks for a password on TCP and on its socket', async () => {
  const server = await hostServer();
  const database = await createDatabase(server, { suffix: ' = "odd"' });
  assert.equal(await value(server, database, 'SELECT current_database()'), database);
  for (const host of [server.host, server.socketDirectory]) {
    const refused = await pgProgram(server, database, ['psql', '-w', '-c', 'SELECT 1'], {
      env: { PGHOST: host, PGPASSWORD: 'wrong' },
    });
    assert.match(refused.stderr, /password authentication failed/);
  }
});

test('a role of its own logs in with its own password', async () => {
  const server = await hostServer();
  const role = await createRole(server, 'p@ss:/?#');
  const url = connectionUrl(server, 'postgres', { user: role, password: 'p@ss:/?#' });
  const answer = await pgProgram(server, 'x', ['psql', '-X', '-A', '-t', '-c', 'SELECT current_user', url]);
  assert.equal(answer.stdout.trim(), role);
});

test('server 17 is newer than the programs of the host, and has its own', async () => {
  const [host, server] = [await hostServer(), await server17()];
  const refused = await pgProgram({ ...server, binDirectory: host.binDirectory }, 'postgres', ['pg_dump']);
  assert.match(refused.stderr, /server version mismatch/);
  assert.match((await pgDump(server, 'postgres')).toString(), /Dumped by pg_dump version 17/);
});

test('a private server has the settings that were asked for', async () => {
  const server = await privateServer({ max_connections: '17' });
  assert.equal((await execute(server, 'postgres', 'SHOW max_connections')).trim(), '17');
});

for (const major of [undefined, 17] as const) {
  test(`a container of ${major ? `PostgreSQL ${major}` : "the host's PostgreSQL"} is reached by exec and by its port`, async () => {
    const container = await startContainer({ publish: true, ...(major && { major }) });
    const inside = await container.exec(['psql', '-U', 'app', '-At', '-c', 'SELECT current_user', 'appdb']);
    assert.equal(inside.stdout, 'app\n');
    const server = await container.server();
    assert.equal(await value(server, 'appdb', 'SELECT current_database()'), 'appdb');
    assert.match(
      (await execute(server, 'appdb', 'SHOW server_version')).trim(),
      new RegExp(`^${container.image.major}\\.`),
    );
  });
}

test('an open session holds a lock that others wait for', async () => {
  const server = await hostServer();
  const database = await createDatabase(server);
  const [first, second] = [openSession(server, database), openSession(server, database)];
  await first.execute('CREATE TABLE t (x int); BEGIN; LOCK TABLE t');
  await assert.rejects(second.execute("SET lock_timeout = '50ms'; SELECT * FROM t"), /lock timeout/);
  const waiting = second.execute('SET lock_timeout = 0; SELECT count(*) FROM t');
  await first.execute('INSERT INTO t VALUES (1), (2); COMMIT');
  assert.equal(await waiting, '2');
});

test('a large database has about the size that was asked for', async () => {
  const server = await hostServer();
  const dump = await pgDump(server, await createLargeDatabase(server, 20));
  assert.ok(dump.length > 18_000_000 && dump.length < 22_000_000, `${dump.length} bytes`);
});

test('the memory of a program counts with that of the programs it starts', async () => {
  const hold = 'const b = Buffer.alloc(50e6, 1); setTimeout(() => console.log(b.length), 500)';
  const parent = `require('child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(hold)}])`;
  const program = startProgram([process.execPath, '-e', parent]);
  const watch = watchMemory(program.pid);
  await program.finished;
  const { total, programs } = watch.stop();
  assert.ok(total > 100_000_000, `${total} bytes in all`);
  assert.ok((programs.node ?? 0) > 80_000_000);
});
