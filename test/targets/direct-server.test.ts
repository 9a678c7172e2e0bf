import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { execute, value } from '../stage/client.ts';
import { type Container, startContainer } from '../stage/containers.ts';
import { hostPrograms } from '../stage/host-programs.ts';
import type { PgServer } from '../stage/part.ts';
import { containerTarget, targetProject } from '../stage/target-project.ts';

const direct = /reached without the engine: PostgreSQL \S+ on (\S+)/;

/** What the tool says when it runs in a project with that container as its target. */
function project(container: Container, settings: object = {}) {
  const { run } = targetProject({ docker: { ...containerTarget(container), ...settings } });
  return async (...args: string[]): Promise<string> => {
    const { exitCode, stderr } = await run([...args, '--verbose']);
    assert.equal(exitCode, 0, stderr);
    return stderr;
  };
}

describe('a container whose server this machine reaches by TCP', () => {
  let container: Container;
  let server: PgServer;

  before(async () => {
    container = await startContainer({ publish: true });
    server = await container.server();
    await execute(server, 'appdb', 'CREATE TABLE t AS SELECT n FROM generate_series(1, 100) n');
  });

  test("is backed up, proved and restored by this machine's own programs", async () => {
    const told = project(container);
    assert.match(await told('backup', '--verify'), direct);
    await execute(server, 'appdb', 'DELETE FROM t');
    const restore = await told('restore', 'latest', '--force');
    assert.match(restore, direct);
    assert.match(restore, new RegExp(`PostgreSQL \\S+ in container ${container.name}`));
    assert.equal(await value(server, 'appdb', 'SELECT count(*) FROM t'), 100);
  });

  test('is reached through the engine where it lets nobody in by TCP', async () => {
    const stderr = await project(container, { password: 'secret word' })('backup');
    assert.doesNotMatch(stderr, direct);
    assert.match(stderr, /is not used: .*password authentication failed/);
    assert.doesNotMatch(stderr, /secret/);
  });
});

test('a container without a network is reached through the engine', async () => {
  assert.doesNotMatch(await project(await startContainer())('backup'), direct);
});

test("a container of another major than this machine's programs is dumped by its own", async () => {
  assert.ok((await hostPrograms()).major < 17, 'this machine has programs of 17');
  const container = await startContainer({ major: 17, publish: true });
  assert.doesNotMatch(await project(container)('backup'), direct);
});
