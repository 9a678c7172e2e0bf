import assert from 'node:assert/strict';
import { test } from 'node:test';
import { execute, pgProgram } from '../../stage/client.ts';
import { createDatabase } from '../../stage/databases.ts';
import { createLargeDatabase } from '../../stage/large-database.ts';
import type { PgServer } from '../../stage/part.ts';
import { hostServer } from '../../stage/servers.ts';
import { hostTarget, targetProject } from '../../stage/target-project.ts';
import { watchMemory } from '../../stage/watch-memory.ts';

async function prove(server: PgServer, database: string): Promise<{ ours: number }> {
  const project = targetProject({ local: hostTarget(server, database) });
  await project.must(['backup']);
  const run = project.start(['--json', 'verify', 'latest']);
  const memory = watchMemory(run.pid);
  const { exitCode, stdout, stderr } = await run.finished;
  const { programs } = memory.stop();
  assert.equal(exitCode, 0, stderr);
  assert.equal(JSON.parse(stdout).proven, true);
  return { ours: Math.max(programs.node ?? 0, programs.psql ?? 0, programs.pg_dump ?? 0) };
}

test('a proof of 1 GB needs no more memory than one of 100 MB', async () => {
  const server = await hostServer();
  const small = await prove(server, await createLargeDatabase(server, 100));
  const large = await prove(server, await createLargeDatabase(server, 1000));
  assert.ok(large.ours < 200_000_000, `${large.ours}`);
  assert.ok(large.ours < small.ours * 1.3, `${small.ours} and ${large.ours}`);
});

test('a field of 100 MB proves', async () => {
  const server = await hostServer();
  const database = await createDatabase(server);
  await execute(
    server,
    database,
    `CREATE TABLE t (id int, text text, bytes bytea);
     INSERT INTO t SELECT 1, repeat(md5('1') || E'\\n', 3_000_000), NULL;
     INSERT INTO t VALUES (2, NULL, decode(repeat('00ff', 25_000_000), 'hex')), (3, 'small', '\\x00')`.replaceAll(
      '_',
      '',
    ),
  );
  await prove(server, database);
});

test('the tables of pgbench prove after many updates and deletes', async () => {
  const server = await hostServer();
  const database = await createDatabase(server);
  for (const args of [
    ['-i', '-s', '5', '-q'],
    ['-n', '-c', '4', '-t', '5000'],
  ]) {
    const { exitCode, stderr } = await pgProgram(server, database, ['pgbench', ...args]);
    assert.equal(exitCode, 0, stderr);
  }
  await execute(
    server,
    database,
    'DELETE FROM pgbench_accounts WHERE aid % 7 = 0; VACUUM; UPDATE pgbench_tellers SET filler = NULL',
  );
  await prove(server, database);
});
