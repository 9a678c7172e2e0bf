import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { containerAdapter } from '../../../adapters/container/adapter.ts';
import type { ContainerOptions } from '../../../adapters/container/options.ts';
import { afterFile } from '../../stage/after-file.ts';
import { type Container, startContainer } from '../../stage/containers.ts';
import { uniqueName } from '../../stage/databases.ts';
import { mustRun } from '../../stage/run-program.ts';
import { waitUntil } from '../../stage/wait-until.ts';
import { crashes, nothingLeft, refusalOf, runContext } from './fixture.ts';

let container: Container;
let options: ContainerOptions;

before(async () => {
  container = await startContainer();
  options = { container: container.name, docker: { host: container.engine.host } };
});
afterFile(async () => assert.equal(await crashes(container), 0, 'PostgreSQL must not be disturbed'));

test('a container that is named by its id is described by its name', async () => {
  const server = await containerAdapter.open({ ...options, container: container.id }, runContext());
  assert.match(server.describe, new RegExp(`in container ${container.name}$`));
  await server.close();
});

test('a login that the server refuses is told in its own words, without the password', async () => {
  const wrong = { ...options, user: 'nobody', password: 'a very secret word' };
  const { exitCode, message, hint } = await refusalOf(containerAdapter.open(wrong, runContext()));
  assert.equal(exitCode, 3);
  assert.match(
    message,
    new RegExp(`^PostgreSQL in container ${container.name} cannot be reached: .*"nobody"`),
  );
  assert.doesNotMatch(`${message}${hint}`, /secret/);
  await nothingLeft(container);
});

test('probing tells whether it would work, or why not, and throws for nothing that is merely not there', async () => {
  assert.deepEqual(await containerAdapter.probe(options, runContext()), {
    usable: true,
    describe: `container ${container.name}`,
  });
  const why = async (other: ContainerOptions) => {
    const probe = await containerAdapter.probe(other, runContext());
    return probe.usable ? 'usable' : probe.reason;
  };
  assert.equal(await why({ ...options, container: 'nobody' }), 'no container named "nobody"');
  assert.match(
    await why({ ...options, docker: { host: 'unix:///nowhere' } }),
    /cannot be reached: connect ENOENT/,
  );
  assert.match(await why({ ...options, docker: { context: 'none' } }), /no docker context named "none"/);
  assert.match(await why({ ...options, docker: { host: 'ssh://-me' } }), /cannot be used: it names no host/);
});

test('an image without client programs is not usable, with or without a shell', async () => {
  const clients = '/usr/lib/postgresql/*/bin/{psql,pg_dump}';
  const bare = await without(clients);
  const probe = await containerAdapter.probe({ ...options, container: bare }, runContext());
  assert.deepEqual(probe, { usable: false, reason: `no pg_dump and psql in container ${bare}` });
  const refusal = await refusalOf(containerAdapter.open({ ...options, container: bare }, runContext()));
  assert.equal(refusal.exitCode, 4);
  assert.equal(refusal.message, `there is no psql in container ${bare}`);

  const shellless = await without(clients, '/usr/bin/{sh,bash,dash}');
  const other = await containerAdapter.probe({ ...options, container: shellless }, runContext());
  assert.deepEqual(other, { usable: false, reason: `no pg_dump and psql in container ${shellless}` });
  const { exitCode, message } = await refusalOf(
    containerAdapter.open({ ...options, container: shellless }, runContext()),
  );
  assert.equal(exitCode, 4);
  assert.equal(message, `there is no shell in container ${shellless} to start psql with`);
});

test('a container that still fills its new data directory is not taken for the database', async () => {
  const name = uniqueName('initialising');
  const run = ['run', '-d', '--name', name, '--label', container.engine.label, '--entrypoint', 'bash'];
  // Here the first start goes on for ever.
  const script = 'exec -a docker-entrypoint.sh sleep infinity';
  const { exitCode, stderr } = await container.docker([...run, container.image.name, '-c', script]);
  assert.equal(exitCode, 0, stderr);
  afterFile(() => container.docker(['rm', '-f', '-v', name]));
  await waitUntil('the script runs', async () => {
    return (await container.docker(['top', name])).stdout.includes('docker-entrypoint.sh');
  });
  const refusal = await refusalOf(containerAdapter.open({ ...options, container: name }, runContext()));
  assert.equal(refusal.exitCode, 3);
  assert.equal(refusal.message, `container ${name} is still creating its database`);
});

test('describing is pure, and harmless for any name', () => {
  const described = (name: string) => containerAdapter.describe({ container: name, password: 'secret' });
  assert.equal(described('hnf1b_db'), 'container hnf1b_db');
  assert.equal(described('a b\n\x1b[2J'), 'container "a b\\n\\u001b[2J"');
  assert.equal(containerAdapter.database({ container: 'x', database: 'd' }, {}), 'd');
  assert.equal(containerAdapter.database({ container: 'x' }, {}), undefined);
});

test('the options are checked, and a mistyped key is found', () => {
  const accepted = (value: unknown) => containerAdapter.options.safeParse(value).success;
  assert.ok(accepted({ container: 'hnf1b_db' }));
  assert.ok(
    accepted({ container: 'c', user: 'u', password: 'p', database: 'd', docker: { host: 'unix:///x' } }),
  );
  for (const wrong of [
    {},
    { container: '' },
    { container: 7 },
    { container: 'c', usr: 'u' },
    { container: 'c', user: 'u\0' },
    { container: 'c', docker: { host: 'unix:///x', context: 'y' } },
    { container: 'c', docker: { hots: 'unix:///x' } },
  ])
    assert.ok(!accepted(wrong), JSON.stringify(wrong));
});

test('a run that is done leaves nothing that keeps Node alive', async () => {
  const script = `
    import { containerAdapter } from '${import.meta.resolve('../../../adapters/container/adapter.ts')}';
    const run = { id: '0badcafe', signal: new AbortController().signal, env: {}, cwd: '/', emit() {}, now: () => new Date() };
    const server = await containerAdapter.open(${JSON.stringify(options)}, run);
    const session = await server.session(server.database);
    await server.dump({ database: server.database, args: [] });
    await server.close();
    process.on('exit', () => console.log('nothing left', process.getActiveResourcesInfo().filter(one => !/Pipe|TTY/.test(one))));`;
  const argv = [process.execPath, '--input-type=module', '-e', script];
  const { stdout } = await mustRun(argv, { timeout: 60_000 });
  assert.equal(stdout, 'nothing left []\n');
});

test('dockerode is loaded by nothing but a connection', async () => {
  const script = `
    import { registerHooks } from 'node:module';
    registerHooks({ load(url, context, next) { if (url.includes('dockerode')) console.log('loaded'); return next(url, context); } });
    await import('${import.meta.resolve('../../../adapters/container/adapter.ts')}');`;
  const { stdout } = await mustRun([process.execPath, '--input-type=module', '-e', script]);
  assert.equal(stdout, '');
});

/** A container that does nothing, without some of its image's programs. */
async function without(...patterns: string[]): Promise<string> {
  const name = uniqueName('bare');
  const { docker, engine, image } = container;
  const run = ['run', '-d', '--name', name, '--label', engine.label, '--entrypoint', 'sleep'];
  afterFile(() => docker(['rm', '-f', '-v', name]));
  for (const args of [
    [...run, image.name, 'infinity'],
    ['exec', name, 'sh', '-c', `rm ${patterns.join(' ')}`],
  ]) {
    const { exitCode, stderr } = await docker(args);
    assert.equal(exitCode, 0, stderr);
  }
  return name;
}
