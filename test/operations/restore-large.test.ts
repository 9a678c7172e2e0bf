import assert from 'node:assert/strict';
import { test } from 'node:test';
import { execute, value } from '../stage/client.ts';
import { createLargeDatabase } from '../stage/large-database.ts';
import { hostServer } from '../stage/servers.ts';
import { hostTarget, targetProject } from '../stage/target-project.ts';
import { watchMemory } from '../stage/watch-memory.ts';

test('a restore of 300 MB needs no more memory than one of little', {
  skip: process.platform !== 'linux' && 'no /proc',
}, async () => {
  const server = await hostServer();
  const database = await createLargeDatabase(server, 300);
  const digest = 'SELECT count(*) + sum(hashtext(e::text)) FROM events e';
  const before = await value(server, database, digest);
  const project = targetProject({ local: hostTarget(server, database) });
  const { backups } = await project.must<{ backups: { rawBytes: number }[] }>(['backup']);
  assert.ok(backups[0]!.rawBytes > 280_000_000, `${backups[0]!.rawBytes}`);
  await execute(server, database, 'TRUNCATE events, orders, people');
  const run = project.start(['restore', 'latest', '--force']);
  const memory = watchMemory(run.pid);
  const { exitCode, stderr } = await run.finished;
  const { programs } = memory.stop();
  assert.equal(exitCode, 0, stderr);
  assert.ok(
    Object.values(programs).every(bytes => bytes < 200_000_000),
    JSON.stringify(programs),
  );
  assert.equal(await value(server, database, digest), before);
});
