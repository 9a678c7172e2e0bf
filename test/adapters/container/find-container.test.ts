import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Connection, connectEngine } from '../../../adapters/container/connect.ts';
import { afterFile } from '../../stage/after-file.ts';
import { type Container, startContainer } from '../../stage/containers.ts';
import { uniqueName } from '../../stage/databases.ts';
import { waitUntil } from '../../stage/wait-until.ts';
import { findContainer } from './find-container.ts';
import { refusalOf, runContext } from './fixture.ts';

let container: Container;
let connection: Connection;

before(async () => {
  container = await startContainer();
  connection = await connectEngine({ host: container.engine.host }, runContext());
  afterFile(async () => connection.close());
});

/** A container of any other kind, for its state. */
async function other(...args: string[]): Promise<string> {
  const name = uniqueName('other');
  const run = ['run', '-d', '--name', name, '--label', container.engine.label, '--entrypoint', 'sleep'];
  const { exitCode, stderr } = await container.docker([...run, ...args, container.image.name, 'infinity']);
  assert.equal(exitCode, 0, stderr);
  afterFile(() => container.docker(['rm', '-f', '-v', name]));
  return name;
}

test('a container is found by its name, its id, and the short id that docker ps shows', async () => {
  for (const wanted of [container.name, container.id, container.id.slice(0, 12)]) {
    const place = await findContainer(connection, wanted);
    assert.deepEqual([place.name, place.container.id], [container.name, container.id]);
  }
});

test('less than that is not enough, although the engine would take it', async () => {
  const { message } = await refusalOf(findContainer(connection, container.id.slice(0, 11)));
  assert.equal(message, `no container named "${container.id.slice(0, 11)}"`);
});

test('a name that is nearly right is answered with the right one', async () => {
  const { exitCode, hint } = await refusalOf(
    findContainer(connection, container.name.slice(2).replace('_', '-')),
  );
  assert.equal(exitCode, 3);
  assert.equal(hint, `Did you mean ${container.name}? See all with: docker ps --all`);
});

test('a name that is like no other is answered with the containers that run PostgreSQL', async () => {
  const { hint } = await refusalOf(findContainer(connection, 'elephant'));
  assert.match(hint ?? '', /^Did you mean .*t_pg_.*\? See all with: docker ps --all$/);
});

test('a hostile name reaches no engine and no terminal', async () => {
  const docker = Object.create(connection.docker, {
    getContainer: { value: () => assert.fail('the engine was asked') },
  });
  for (const [wanted, shown] of [
    ['', '""'],
    ['a', '"a"'],
    ['with space', '"with space"'],
    ['$(touch x)', '"$(touch x)"'],
    ['-rm', '"-rm"'],
    ['../images', '"../images"'],
    ['a/../../images/json?x=', '"a/../../images/json?x="'],
    ['%2e%2e%2f', '"%2e%2e%2f"'],
    ['né', '"né"'],
    ['a\nb\x1b[31m', '"a\\nb\\u001b[31m"'],
    ['\u202egpj.exe\u0085', '"\\u202egpj.exe\\u0085"'],
    ['"quoted"', '"\\"quoted\\""'],
    [`${'x'.repeat(500)}!`, `"${'x'.repeat(80)}…"`],
  ] as const) {
    const { exitCode, message } = await refusalOf(findContainer({ ...connection, docker }, wanted));
    assert.deepEqual({ exitCode, message }, { exitCode: 3, message: `no container named ${shown}` });
  }
});

test('a container that was never started says so', async () => {
  const name = uniqueName('created');
  await container.docker(['create', '--name', name, '--label', container.engine.label, container.image.name]);
  afterFile(() => container.docker(['rm', '-f', '-v', name]));
  const { message, hint } = await refusalOf(findContainer(connection, name));
  assert.equal(message, `container ${name} is not running`);
  assert.equal(hint, `Start it with: docker start ${name}`);
});

test('a container that is paused says so', async () => {
  const name = await other();
  await container.docker(['pause', name]);
  const { exitCode, message, hint } = await refusalOf(findContainer(connection, name));
  assert.equal(exitCode, 3);
  assert.equal(message, `container ${name} is paused`);
  assert.equal(hint, `Let it go on with: docker unpause ${name}`);
});

test('a container that falls over again and again says so', async () => {
  const name = uniqueName('restarting');
  const run = ['run', '-d', '--name', name, '--label', container.engine.label, '--restart', 'always'];
  await container.docker([...run, '--entrypoint', 'false', container.image.name]);
  afterFile(() => container.docker(['rm', '-f', '-v', name]));
  // The pauses between the attempts grow: seconds after the fifth.
  await waitUntil(`${name} waits for another attempt`, async () => {
    const state = '{{.State.Restarting}} {{gt .RestartCount 5}}';
    return (await container.docker(['inspect', '-f', state, name])).stdout.trim() === 'true true';
  });
  const { exitCode, message, hint } = await refusalOf(findContainer(connection, name));
  assert.equal(exitCode, 3);
  assert.equal(message, `container ${name} is restarting`);
  assert.equal(hint, `See why it does not stay up with: docker logs ${name}`);
});

test('a container whose health is not known yet says so, and a healthy or unhealthy one is taken', async () => {
  const health = (command: string) => [
    '--health-cmd',
    command,
    '--health-interval',
    '1s',
    '--health-retries',
    '1',
  ];
  const starting = await other(...health('test -e /tmp/ready'), '--health-start-period', '1h');
  const { exitCode, message, hint } = await refusalOf(findContainer(connection, starting));
  assert.equal(exitCode, 3);
  assert.equal(message, `container ${starting} is still starting`);
  assert.match(hint ?? '', /^Try again when it is healthy/);
  await container.docker(['exec', starting, 'touch', '/tmp/ready']);
  const healthIs = (name: string, state: string) =>
    waitUntil(`${name} is ${state}`, async () => {
      const { stdout } = await container.docker(['inspect', '-f', '{{.State.Health.Status}}', name]);
      return stdout.trim() === state;
    });
  await healthIs(starting, 'healthy');
  assert.equal((await findContainer(connection, starting)).name, starting);
  const ill = await other(...health('false'));
  await healthIs(ill, 'unhealthy');
  assert.equal((await findContainer(connection, ill)).name, ill);
});
