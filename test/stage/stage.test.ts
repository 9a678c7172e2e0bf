import assert from 'node:assert/strict';
import { test } from 'node:test';
import { execute, value } from './client.ts';
import { startContainer } from './containers.ts';
import { createDatabase } from './databases.ts';
import { hostServer, server17 } from './servers.ts';

test('the shared server of the host answers', async () => {
  const server = await hostServer();
  const database = await createDatabase(server);
  assert.equal(await value(server, database, 'select current_database()'), database);
});
test('the shared server 17 answers', async () => {
  const server = await server17();
  assert.match(await execute(server, 'postgres', 'show server_version'), /^17/);
});
for (const major of [undefined, 17] as const)
  test(`a container ${major} answers`, async () => {
    const c = await startContainer({ publish: true, ...(major && { major }) });
    assert.match(await value(await c.server(), c.database, 'select current_user'), /app/);
  });
