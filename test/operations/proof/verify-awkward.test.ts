import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAwkwardDatabase } from '../../stage/awkward-database.ts';
import { hostServer } from '../../stage/servers.ts';
import { hostTarget, targetProject } from '../../stage/target-project.ts';

test('a backup of the awkward database proves in a temporary cluster', async () => {
  const server = await hostServer();
  const { name: database } = await createAwkwardDatabase(server);
  const project = targetProject({ local: hostTarget(server, database) });
  await project.must(['backup']);
  const result = await project.run(['--json', 'verify', 'latest']);
  assert.equal(result.exitCode, 0);
});
