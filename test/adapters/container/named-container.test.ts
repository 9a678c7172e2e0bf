import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { composeProject } from '../../../adapters/container/compose-project.ts';
import { type Connection, connectEngine } from '../../../adapters/container/connect.ts';
import { namedContainer } from '../../../adapters/container/named-container.ts';
import { containerOptions } from '../../../adapters/container/options.ts';
import { afterFile } from '../../stage/after-file.ts';
import { engine } from '../../stage/containers.ts';
import { uniqueName } from '../../stage/databases.ts';
import { docker } from '../../stage/docker.ts';
import { freePort } from '../../stage/free-port.ts';
import { projectFolder } from '../../stage/project-folder.ts';
import { mustRun, runProgram } from '../../stage/run-program.ts';
import { stage } from '../../stage/stage.ts';
import { refusalOf, runContext } from './fixture.ts';

const [host, image] = [await engine(), await stage('hostImage')];
const project = uniqueName('shop');
let connection: Connection;

before(async () => {
  connection = await connectEngine({ host: host.host }, runContext());
  afterFile(async () => connection.close());
});

/** A container as `docker compose up` would make it. */
function composed(name: string, service: string, more: string[] = [], of = project): Promise<string> {
  const labels = { project: of, service, oneoff: 'False', 'project.working_dir': '/srv/shop/docker' };
  const args = Object.entries(labels).flatMap(([key, text]) => [
    '--label',
    `com.docker.compose.${key}=${text}`,
  ]);
  return start(name, [...args, ...more]);
}

async function start(name: string, args: string[]): Promise<string> {
  const run = [
    'run',
    '-d',
    '--name',
    name,
    '--label',
    host.label,
    '--entrypoint',
    'sleep',
    '--stop-timeout',
    '0',
  ];
  await mustRun(docker(host, ...run, ...args, image.name, 'infinity'));
  afterFile(() => runProgram(docker(host, 'rm', '-f', '-v', name)));
  return name;
}

async function nameOf(options: object, given: { cwd?: string; env?: Record<string, string> } = {}) {
  const run = { ...runContext(given.env ?? { COMPOSE_PROJECT_NAME: project }), cwd: given.cwd ?? '/' };
  const { found, serverPort } = await namedContainer(connection, containerOptions.parse(options), run);
  return [found.Name.slice(1), ...(serverPort === undefined ? [] : [serverPort])].join(' ');
}

describe('a compose service', () => {
  test('is the one of its project, renamed or made anew', async () => {
    const [db] = [
      await composed(`${project}-db-1`, 'db'),
      await composed(uniqueName('other'), 'db', [], uniqueName('p')),
    ];
    await composed(uniqueName('once'), 'db', ['--label', 'com.docker.compose.oneoff=True']);
    assert.equal(await nameOf({ service: 'db' }), db);
    await mustRun(docker(host, 'rename', db, `${db}-renamed`));
    assert.equal(await nameOf({ service: 'db' }), `${db}-renamed`);
    await mustRun(docker(host, 'rm', '-f', `${db}-renamed`));
    const anew = await composed(`${project}-db-2`, 'db');
    assert.equal(await nameOf({ service: 'db' }), anew);
  });

  test('that is not there is answered with what is', async () => {
    const [service, elsewhere] = [uniqueName('service'), uniqueName('elsewhere')];
    const none = await refusalOf(nameOf({ service }));
    const wanted = `container of compose service ${service}`;
    assert.equal(none.message, `there is no ${wanted} in project ${project} (as COMPOSE_PROJECT_NAME says)`);
    assert.equal(none.hint, 'Name one of the services of this project: db');
    assert.equal(none.exitCode, 3);
    await composed(uniqueName('far'), service, [], elsewhere);
    const env = { COMPOSE_PROJECT_NAME: 'nothing' };
    assert.equal(
      (await refusalOf(nameOf({ service }, { env }))).hint,
      `That service is in ${elsewhere}; choose the project, for example with: export COMPOSE_PROJECT_NAME=${elsewhere}`,
    );
    const folder = projectFolder();
    const { message } = await refusalOf(nameOf({ service }, { cwd: folder, env: {} }));
    assert.equal(message, `there is no ${wanted} in ${folder}, which has no compose file`);
    // The compose file may be in a folder of its own: docker compose -f docker/compose.yaml up
    const below = await composed(uniqueName('below'), `${service}b`, [], elsewhere);
    assert.equal(await nameOf({ service: `${service}b` }, { cwd: '/srv/shop', env: {} }), below);
  });

  test('of which several run is refused with their names; one that runs is taken before those that do not', async () => {
    const [one, two] = [
      await composed(uniqueName('one'), 'twice'),
      await composed(uniqueName('two'), 'twice'),
    ];
    const refusal = await refusalOf(nameOf({ service: 'twice' }));
    assert.equal(refusal.exitCode, 2);
    assert.match(refusal.message, /^there is more than one container of compose service twice in project /);
    for (const name of [one, two]) assert.ok(refusal.message.includes(`${name} (running)`), refusal.message);
    assert.match(refusal.hint ?? '', /^Name the one that is meant, for example with: container: 't_/);
    await mustRun(docker(host, 'kill', two));
    assert.equal(await nameOf({ service: 'twice' }), one);
    await mustRun(docker(host, 'kill', one));
    assert.match((await refusalOf(nameOf({ service: 'twice' }))).message, /\(exited\)/);
  });
});

test('a label names the container that has it', async () => {
  const key = uniqueName('label');
  const name = await start(uniqueName('labelled'), ['--label', `${key}=a b`]);
  for (const label of [key, `${key}=a b`]) assert.equal(await nameOf({ label }), name);
  const { message, hint } = await refusalOf(nameOf({ label: `${key}=c\n` }));
  assert.equal(message, `there is no container with label "${key}=c\\n"`);
  assert.match(hint ?? '', /See the labels of all with: docker ps --all --format/);
});

test('a published port names the container that publishes it, and the server behind it', async () => {
  const [port, other] = [await freePort(), await freePort()];
  const name = await start(uniqueName('port'), ['-p', `127.0.0.1:${port}:5433`]);
  assert.equal(await nameOf({ port }), `${name} 5433`);
  const { message, hint } = await refusalOf(nameOf({ port: other }));
  assert.equal(message, `there is no running container that publishes port ${other}`);
  assert.ok(hint?.includes(`${name} publishes ${port}`), hint);
});

test('exactly one way of naming a container is accepted', () => {
  const accepted = (value: unknown) => containerOptions.safeParse(value);
  for (const one of [{ container: 'c' }, { service: 's' }, { label: 'a=b' }, { port: 5433 }])
    assert.ok(accepted(one).success);
  for (const wrong of [{}, { user: 'u' }, { container: 'c', service: 's' }, { label: 'l', port: 1 }])
    assert.deepEqual(
      accepted(wrong).error?.issues.map(({ message }) => message),
      ['expected exactly one of container, service, label, port'],
    );
  for (const port of [0, 65536, 1.5, '5433']) assert.ok(!accepted({ port }).success);
});

describe('the compose project', () => {
  const folders = projectFolder({
    'Shop_2.0 (new)/compose.yaml': 'services: {}\n',
    'Shop_2.0 (new)/sub/deep/file': '',
    'named/docker-compose.yml': 'services:\n  x:\n    name: no\nname: "${STAGE:-dev}-shop" # the name\n',
    'env/compose.yml': 'name: other\n',
    'env/.env': 'COMPOSE_PROJECT_NAME=from-env\n',
    'elsewhere/file': '',
  });
  const projectOf = async (folder: string, env: Record<string, string> = {}) =>
    (await composeProject({ cwd: join(folders, folder), env }))?.name;

  test("is the folder's, as compose writes it, also seen from below", async () => {
    assert.equal(await projectOf('Shop_2.0 (new)'), 'shop_20new');
    assert.equal(await projectOf('Shop_2.0 (new)/sub/deep'), 'shop_20new');
  });

  test('is what the compose file, its .env or the environment says before that', async () => {
    assert.equal(await projectOf('named'), 'dev-shop');
    assert.equal(await projectOf('named', { STAGE: 'live' }), 'live-shop');
    assert.equal(await projectOf('env'), 'from-env');
    assert.equal(await projectOf('env', { COMPOSE_PROJECT_NAME: 'mine' }), 'mine');
    const env = { COMPOSE_FILE: '../named/docker-compose.yml:other.yml' };
    assert.equal(await projectOf('elsewhere', env), 'dev-shop');
  });

  test('is not known where there is no compose file', async () => {
    mkdirSync(join(folders, 'nothing'));
    assert.equal(await projectOf('nothing'), undefined);
  });
});
