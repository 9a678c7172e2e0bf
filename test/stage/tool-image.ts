import { chmodSync, copyFileSync, cpSync, mkdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { afterFile } from './after-file.ts';
import { engine } from './containers.ts';
import { uniqueName } from './databases.ts';
import { docker } from './docker.ts';
import { projectWithPackage } from './installed-package.ts';
import { projectFolder } from './project-folder.ts';
import { mustRun, runProgram } from './run-program.ts';
import { stage } from './stage.ts';

const root = resolve(import.meta.dirname, '../..');

/**
 * An image that stands for both that docker/Dockerfile starts from: PostgreSQL with the libraries that Node.js needs, as
 * Debian's has them, and Node.js with an npm that brings what npm would fetch and build.
 */
export async function imageOfNode(): Promise<string> {
  const [name, { name: postgres }] = [uniqueName('node'), await stage('hostImage')];
  const folder = projectFolder({
    Dockerfile: `FROM ${postgres}\nCOPY . /\nENTRYPOINT []\nUSER root\n`,
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
  await buildImage(name, folder);
  return name;
}

/** Builds a folder's Dockerfile; the image is removed after the file. */
export async function buildImage(name: string, folder: string, args: readonly string[] = []): Promise<void> {
  const host = await engine();
  afterFile(() => runProgram(docker(host, 'rmi', '-f', name)));
  const env = { ...process.env, DOCKER_BUILDKIT: '0' };
  await mustRun(docker(host, 'build', '-q', '-t', name, ...args, '.'), {
    cwd: folder,
    env,
    timeout: 200_000,
  });
}
