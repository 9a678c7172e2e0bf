import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { afterFile } from './stage/after-file.ts';
import { engine, startContainer } from './stage/containers.ts';
import { uniqueName } from './stage/databases.ts';
import { findProgram, installPackages } from './stage/debian-packages.ts';
import { docker } from './stage/docker.ts';
import { freePort } from './stage/free-port.ts';
import { repositoryCopy, shellEnv } from './stage/repository-copy.ts';
import { mustRun, runProgram } from './stage/run-program.ts';
import { stage } from './stage/stage.ts';
import { buildImage, imageOfNode } from './stage/tool-image.ts';
import { waitUntil } from './stage/wait-until.ts';

/** Stands for the images that docker/Dockerfile starts from. */
let base: string;

before(async () => {
  base = await imageOfNode();
});

test('the image of the tool backs up and proves a database in another container', async () => {
  const [host, source, tool] = [await engine(), await startContainer({ publish: true }), uniqueName('tool')];
  const args = ['NODE_IMAGE', 'POSTGRES_IMAGE'].flatMap(name => ['--build-arg', `${name}=${base}`]);
  await buildImage(tool, await repositoryCopy(), ['-f', 'docker/Dockerfile', ...args]);
  const login = {
    PGHOST: 'db',
    PGUSER: source.user,
    PGPASSWORD: source.password,
    PGDATABASE: source.database,
  };
  const env = Object.entries(login).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  const volume = uniqueName('backups');
  afterFile(() => runProgram(docker(host, 'volume', 'rm', '-f', volume)));
  const run = (...command: string[]) => {
    const place = ['--label', host.label, '--link', `${source.name}:db`, '-v', `${volume}:/backups`];
    return runProgram(docker(host, 'run', '--rm', ...place, ...env, tool, ...command), { timeout: 120_000 });
  };
  const made = await run('--json', 'backup', '--verify');
  assert.equal(made.exitCode, 0, made.stderr);
  const [backup] = JSON.parse(made.stdout).backups;
  assert.match(backup.path, /^\/backups\/appdb_backup_/);
  assert.equal(backup.proof.level, 'proven');
  assert.match((await run('list')).stdout, /appdb_backup_.*/);
});

test('docker/compose.yaml with docker/compose.backup.yaml backs up and proves its database, also from this host', async () => {
  const [host, folder, name] = [await engine(), await repositoryCopy(), uniqueName('compose')];
  const [database, port] = [`${name}_db`, await freePort()];
  // Names and a port of its own, and images of this machine instead of a registry's.
  change(join(folder, 'docker/compose.yaml'), {
    'image: postgres:17': `image: ${(await stage('hostImage')).name}`,
    'container_name: hnf1b_db': `container_name: ${database}`,
    '127.0.0.1:5433:': `127.0.0.1:${port}:`,
  });
  change(join(folder, 'docker/compose.backup.yaml'), {
    'POSTGRES_IMAGE: postgres:17': `{ POSTGRES_IMAGE: ${base}, NODE_IMAGE: ${base} }`,
  });
  change(join(folder, 'backup.config.ts'), { "'hnf1b_db'": `'${database}'` });
  const url = `postgresql://hnf1b_user:hnf1b_pass@localhost:${port}/hnf1b_phenopackets`;
  const env = shellEnv({
    DATABASE_URL: url,
    DOCKER_HOST: host.host,
    DOCKER_BUILDKIT: '0',
    COMPOSE_DOCKER_CLI_BUILD: '0',
    COMPOSE_PROJECT_NAME: name,
  });
  const program = await composeProgram();
  const files = ['-f', 'docker/compose.yaml', '-f', 'docker/compose.backup.yaml'];
  const compose = (...args: string[]) => runProgram([...program, ...files, ...args], { cwd: folder, env });
  afterFile(() => compose('down', '--volumes', '--rmi', 'local', '--timeout', '1'));

  const up = await compose('up', '-d');
  assert.equal(up.exitCode, 0, up.stderr);
  const inside = async () => {
    const { stdout } = await compose('exec', '-T', 'backup', 'db-orchestrate', '--json', 'list');
    return stdout ? JSON.parse(stdout).backups : [];
  };
  await waitUntil('the sidecar has made and proven a backup', async () => {
    return (await inside())[0]?.proof?.level === 'proven';
  });
  for (const target of [[], ['TARGET=docker']]) {
    const made = await runProgram(['make', 'db-backup', ...target], { cwd: folder, env });
    assert.equal(made.exitCode, 0, made.stderr);
  }
  const stopped = await compose('stop', 'backup');
  assert.equal(stopped.exitCode, 0, stopped.stderr);
  const { stdout } = await mustRun(
    docker(
      host,
      'ps',
      '-a',
      '--filter',
      `label=com.docker.compose.project=${name}`,
      '--format',
      '{{.Status}}',
    ),
  );
  assert.match(stdout, /Exited \(143\)/, 'the sidecar ends when it is asked to');
});

function change(path: string, texts: Readonly<Record<string, string>>): void {
  let content = readFileSync(path, 'utf8');
  for (const [text, instead] of Object.entries(texts)) {
    assert.equal(content.split(text).length, 2, `${text} once in ${path}`);
    content = content.replace(text, () => instead);
  }
  writeFileSync(path, content);
}

/** Compose as a plugin of docker, else the program that Debian has. */
async function composeProgram(): Promise<string[]> {
  const plugin = ['docker', 'compose'];
  if ((await runProgram([...plugin, 'version'])).exitCode === 0) return plugin;
  if (!findProgram('docker-compose'))
    await installPackages(['docker-compose'], 'The example for Docker Compose');
  return ['docker-compose'];
}
