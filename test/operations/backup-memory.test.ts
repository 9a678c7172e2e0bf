import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionUrl } from '../stage/client.ts';
import { createLargeDatabase } from '../stage/large-database.ts';
import { hostServer } from '../stage/servers.ts';
import { watchMemory } from '../stage/watch-memory.ts';
import { backupProject } from './backup-project.ts';

test('a backup of 300 MB takes no more memory than a small one', {
  skip: process.platform !== 'linux' && 'no /proc',
}, async () => {
  const server = await hostServer();
  const large = await createLargeDatabase(server, 300);
  const project = backupProject({ env: { DATABASE_URL: connectionUrl(server, large) } });
  const run = project.start(['backup', '--json']);
  const memory = watchMemory(run.pid);
  const { exitCode, stdout, stderr } = await run.finished;
  const { programs } = memory.stop();
  assert.equal(exitCode, 0, stderr);
  assert.ok(JSON.parse(stdout).backups[0].rawBytes > 270_000_000);
  const peak = Object.entries(programs).map(([name, bytes]) => `${name}: ${Math.round(bytes / 1e6)} MB`);
  assert.ok(
    Object.values(programs).every(bytes => bytes < 200_000_000),
    peak.join(', '),
  );
});
