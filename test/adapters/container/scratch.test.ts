import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { containerAdapter } from '../../../adapters/container/adapter.ts';
import type { ScratchNeed, Server } from '../../../src/contract/adapter.ts';
import { processIdentity } from '../../../src/process-identity.ts';
import { afterFile } from '../../stage/after-file.ts';
import { cleanEnv } from '../../stage/cli.ts';
import { type Container, startContainer } from '../../stage/containers.ts';
import { uniqueName } from '../../stage/databases.ts';
import { startProgram } from '../../stage/run-program.ts';
import { waitUntil } from '../../stage/wait-until.ts';
import { anyServer, isThrowaway, roundTrip, select } from '../scratch.ts';
import { refusalOf, runContext } from './fixture.ts';

/** Stopped: a throwaway server is made of what it was made of. */
let source: Container;

before(async () => {
  source = await startContainer({ args: ['--shm-size', '96m', '-e', 'SECRET=a secret'] });
  await docker('stop', '-t', '1', source.id);
});
afterFile(async () => assert.deepEqual(await left(), [], 'nothing may be left'));

async function docker(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await source.docker(args);
  assert.equal(exitCode, 0, stderr);
  return stdout.trim();
}

const lines = (text: string) => text.split('\n').filter(Boolean).sort();

const prefix = 'db-orchestrate-scratch-0badcafe-';

/** The throwaway containers there are, but for those of other test files. */
async function left(): Promise<string[]> {
  return lines(await docker('ps', '-aq', '--no-trunc', '--filter', `name=${prefix}`));
}

/** Of this engine. Other tests may use it at the same time, so a volume is looked for by its name. */
const volumes = async () => lines(await docker('volume', 'ls', '-q'));

async function scratch(
  need: Partial<ScratchNeed> = {},
  { container = source.id, signal = new AbortController().signal } = {},
): Promise<Server> {
  const options = { container, docker: { host: source.engine.host } };
  const server = await containerAdapter.scratch!(options, { ...anyServer, ...need }, runContext({}, signal));
  afterFile(server.close);
  return server;
}

interface Inspected {
  Image: string;
  Name: string;
  Config: { User: string; Env: string[]; Labels: Record<string, string> };
  HostConfig: { ShmSize: number; NetworkMode: string; PortBindings: object };
  Mounts: { Name: string; Type: string }[];
}
const inspect = async (id: string) => JSON.parse(await docker('inspect', id))[0] as Inspected;

test('a throwaway container of a stopped one is a whole server, of which nothing is left after it is closed', async () => {
  const server = await scratch({ serverMajor: source.image.major, dumpMajor: source.image.major });
  await isThrowaway(server, source.image.major);
  assert.match(server.describe, new RegExp(`in a throwaway container of the image of ${source.name}$`));
  assert.match(await roundTrip(server), /COPY public\.one \(n\) FROM stdin;\n1\n\\\.\n/);
  assert.ok(((await server.freeBytes?.('/')) ?? 0) > 0);

  const [id] = await left();
  const made = await inspect(id!);
  assert.equal(made.Image, (await inspect(source.id)).Image);
  assert.equal(made.HostConfig.ShmSize, 96 * 1024 * 1024);
  assert.equal(made.HostConfig.NetworkMode, 'none');
  assert.equal(made.Config.User, 'postgres');
  assert.doesNotMatch(JSON.stringify(made), /secret|POSTGRES_PASSWORD|pass word/);
  assert.match(made.Name, /^\/db-orchestrate-scratch-0badcafe-/);
  assert.equal(made.Config.Labels['db-orchestrate.scratch'], `${await processIdentity()}-0badcafe`);
  assert.equal(
    await docker('exec', id!, 'sh', '-c', 'cat /proc/net/tcp /proc/net/tcp6 | grep -c : || :'),
    '0',
  );
  const volume = made.Mounts.find(({ Type }) => Type === 'volume')!.Name;
  assert.ok((await volumes()).includes(volume));

  await server.close();
  await server.close();
  assert.deepEqual(await left(), []);
  assert.ok(!(await volumes()).includes(volume));
  assert.equal((await docker('inspect', '-f', '{{.State.Running}}', source.id)).trim(), 'false');
});

test('two throwaway containers at once do not meet, and the settings that are needed arrive', async () => {
  const newer = await startContainer({ major: 17 });
  const settings = { shared_preload_libraries: 'auto_explain', 'own.value': `it's \\ "a"` };
  const [one, two] = await Promise.all([
    scratch({ settings }),
    scratch({ serverMajor: 16, dumpMajor: 17 }, { container: newer.name }),
  ]);
  await isThrowaway(one, source.image.major);
  await isThrowaway(two, 17);
  const [facts] = await select(
    one,
    `SELECT current_setting('own.value') AS own, current_setting('auto_explain.log_min_duration') AS explain`,
  );
  assert.deepEqual(facts, { own: settings['own.value'], explain: '-1' });
  await one.close();
  assert.match(await roundTrip(two), /Dumped by pg_dump version 17/);
  await two.close();
  assert.deepEqual(await left(), []);
});

/** A container that was never started, of an image like the source's with some changes. */
async function changed(changes: string[], command = ':'): Promise<string> {
  const name = uniqueName('changed');
  const run = ['run', '--name', `${name}_base`, '--label', source.engine.label, '--entrypoint', 'sh'];
  await docker(...run, source.image.name, '-c', command);
  await docker('commit', ...changes.flatMap(change => ['--change', change]), `${name}_base`, name);
  await docker('rm', '-v', `${name}_base`);
  await docker('create', '--name', name, '--label', source.engine.label, name);
  afterFile(async () => {
    await source.docker(['rm', '-f', '-v', name]);
    await source.docker(['rmi', name]);
  });
  return name;
}

test('what an image says of its own start, server, PATH and health is not followed', async () => {
  const container = await changed([
    'ENTRYPOINT ["sh", "-c", "touch /tmp/entered; exec sleep infinity"]',
    'ENV PATH=/usr/bin:/bin PGHOST=/nowhere PGPORT=1 PGUSER=x PGPASSWORD=x PGSSLMODE=require PGDATA=/nowhere',
    'HEALTHCHECK --interval=1s CMD false',
    'USER 0:0',
  ]);
  const server = await scratch({}, { container });
  await isThrowaway(server, source.image.major);
  assert.match(await roundTrip(server), /COPY public\.one/);
  const [id] = await left();
  assert.doesNotMatch(await docker('exec', id!, 'ls', '/tmp'), /entered/);
  assert.doesNotMatch(await docker('exec', id!, 'env'), /^PG(?!DATA)/m);
  await server.close();
});

test('data lies in a volume of its own where the image has one that its user can write in', async () => {
  // As the images of PostgreSQL 18 have it: the data folder is made by the first start.
  const data = ['VOLUME /var/lib/postgresql', 'ENV PGDATA=/var/lib/postgresql/18/docker'];
  const server = await scratch({}, { container: await changed(data, 'chown postgres: /var/lib/postgresql') });
  const [place] = await select(server, `SELECT current_setting('data_directory') AS data`);
  assert.deepEqual(place, { data: '/var/lib/postgresql/db-orchestrate-scratch/data' });
  await server.close();
});

describe('what cannot be is told:', () => {
  const refused = async (need: Partial<ScratchNeed>, container = source.id) => {
    const error = await refusalOf(scratch(need, { container }));
    assert.equal(error.code, 'no-client');
    assert.deepEqual(await left(), []);
    return error;
  };

  test('a library that is missing, by its name and in the words of the server', async () => {
    const { message, hint } = await refused({ settings: { shared_preload_libraries: 'no_such_library' } });
    assert.match(message, /^a throwaway server in the image of container \S+ did not start: FATAL: /);
    assert.match(message, /could not access file "no_such_library"/);
    assert.match(hint ?? '', /the library no_such_library/);
  });

  test('a server that is older than the one of the backup', async () => {
    const { message, hint } = await refused({ serverMajor: 16 });
    const where = `PostgreSQL ${source.image.major} in the image of container ${source.name}`;
    assert.equal(message, `${where} is older than the server of the backup, PostgreSQL 16`);
    assert.match(hint ?? '', /^Use an image that has the server of PostgreSQL 16; .+: docker run /);
  });

  test('server programs that are missing, a user and a shell', async () => {
    const bare = await changed([], 'rm /usr/lib/postgresql/*/bin/initdb');
    assert.match((await refused({}, bare)).message, /no server programs of PostgreSQL .+ in the image of /);
    const userless = await changed([], 'sed -i /postgres/d /etc/passwd');
    assert.match((await refused({}, userless)).message, /did not start: .*unable to find user postgres/);
    const shellless = await changed([], 'rm /usr/bin/sh');
    assert.match((await refused({}, shellless)).message, /did not start: .*"sh": executable file not found/);
  });

  test('a container that does not exist', async () => {
    const error = await refusalOf(scratch({}, { container: 'nobody' }));
    assert.equal(error.code, 'unreachable');
    assert.equal(error.message, 'no container named "nobody"');
  });
});

test('an interruption while it starts leaves nothing', async () => {
  for (const wait of [0, 1_000]) {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), wait);
    await assert.rejects(scratch({}, { signal: controller.signal }), { code: 'interrupted' });
    assert.deepEqual(await left(), []);
  }
});

test('nothing is left of a run that is killed', async () => {
  const program = join(import.meta.dirname, '../open-scratch.ts');
  const options = JSON.stringify({ container: source.id, docker: { host: source.engine.host } });
  const run = startProgram([process.execPath, program, 'container', options], { env: cleanEnv() });
  afterFile(async () => run.kill('SIGKILL'));
  await waitUntil('it is open', () => run.stdoutSoFar().endsWith('\n'));
  const [id] = await left();
  const volume = (await inspect(id!)).Mounts.find(({ Type }) => Type === 'volume')!.Name;
  run.kill('SIGKILL');
  await run.finished;
  await waitUntil('its container is gone', async () => (await left()).length === 0);
  await waitUntil('its volume is gone', async () => !(await volumes()).includes(volume));
});

test('the next call removes what dead runs have left, and nothing of a live one', async () => {
  const identity = (await processIdentity())!;
  const dead = identity.replace(/.$/, last => (last === '0' ? '1' : '0'));
  const labelled = (whose: string) => [
    ...['--name', `${prefix}${uniqueName('left')}`, '--label', source.engine.label],
    ...['--label', `db-orchestrate.scratch=${whose}-0badcafe`],
  ];
  const quiet = ['--entrypoint', 'sleep', source.image.name];
  await docker('create', ...labelled(dead), ...quiet, 'infinity');
  await docker('run', '-d', ...labelled(dead), ...quiet, 'infinity');
  await docker('run', '-d', ...labelled(dead), ...quiet, '0');
  const alive = await docker('run', '-d', ...labelled(identity), ...quiet, 'infinity');
  const elsewhere = await docker('create', ...labelled('01234567-1-01234567'), ...quiet, 'infinity');
  await (await scratch()).close();
  assert.deepEqual(await left(), [alive, elsewhere].sort());
  await docker('rm', '-f', '-v', alive, elsewhere);
});
