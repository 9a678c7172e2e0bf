import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, cpSync, mkdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';
import { afterFile } from './stage/after-file.ts';
import { engine, startContainer } from './stage/containers.ts';
import { uniqueName } from './stage/databases.ts';
import { docker } from './stage/docker.ts';
import { projectWithPackage } from './stage/installed-package.ts';
import { projectFolder } from './stage/project-folder.ts';
import { repositoryCopy } from './stage/repository-copy.ts';
import { mustRun, runProgram } from './stage/run-program.ts';
import { stage } from './stage/stage.ts';

const root = resolve(import.meta.dirname, '..');

test('the image of the tool backs up and proves a database in another container', async () => {
  const [host, postgres, source] = [
    await engine(),
    await stage('hostImage'),
    await startContainer({ publish: true }),
  ];
  const [tool, node] = [uniqueName('tool'), uniqueName('node')];
  for (const name of [tool, node]) afterFile(() => runProgram(docker(host, 'rmi', '-f', name)));
  await imageOfNode(node, postgres.name);
  // Debian's image of PostgreSQL has the libraries that Node.js needs, the tests' own has not.
  const images = [`NODE_IMAGE=${node}`, `POSTGRES_IMAGE=${node}`];
  const args = images.flatMap(image => ['--build-arg', image]);
  await build(tool, await repositoryCopy(), ['-f', 'docker/Dockerfile', ...args]);
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

async function build(name: string, folder: string, args: readonly string[] = []): Promise<void> {
  const host = await engine();
  const env = { ...process.env, DOCKER_BUILDKIT: '0' };
  await mustRun(docker(host, 'build', '-q', '-t', name, ...args, '.'), {
    cwd: folder,
    env,
    timeout: 200_000,
  });
}

/** Node.js as a registry's image would have it, and an npm that brings what npm would fetch and build. */
async function imageOfNode(name: string, from: string): Promise<void> {
  const folder = projectFolder({
    Dockerfile: `FROM ${from}\nCOPY . /\nENTRYPOINT []\nUSER root\n`,
    'usr/local/bin/npm': [
      '#!/bin/sh',
      'case $1 in ci) cp -r /prepared/node_modules . ;; run) cp -r /prepared/dist . ;; prune) ;; esac',
    ].join('\n'),
  });
  chmodSync(join(folder, 'usr/local/bin/npm'), 0o755);
  copyFileSync(process.execPath, join(folder, 'usr/local/bin/node'));
  const libraries = (await mustRun(['ldd', process.execPath])).stdout.matchAll(/=> (?:\/usr)?(\/lib\S+)/g);
  for (const [, path] of libraries) {
    const place = join(folder, 'usr', path!);
    mkdirSync(dirname(place), { recursive: true });
    copyFileSync(path!, place);
  }
  const prepared = join(folder, 'prepared');
  mkdirSync(prepared);
  const installed = join(await projectWithPackage(), 'node_modules/db-orchestrate');
  cpSync(join(installed, 'dist'), join(prepared, 'dist'), { recursive: true });
  const listed = await mustRun(['npm', 'ls', '--omit=dev', '--all', '--parseable'], { cwd: root });
  for (const path of listed.stdout.split('\n').filter(path => path.includes('/node_modules/')))
    cpSync(path, join(prepared, relative(root, path)), { recursive: true });
  await build(name, folder);
}
