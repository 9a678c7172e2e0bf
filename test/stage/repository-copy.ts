import { cpSync, lstatSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { projectFolder } from './project-folder.ts';
import { mustRun } from './run-program.ts';

const root = resolve(import.meta.dirname, '../..');

/** What a clone holds, with the packages installed: a folder to run make and npm in without touching this one. */
export async function repositoryCopy(): Promise<string> {
  const folder = projectFolder();
  const listed = await mustRun(['git', '-C', root, 'ls-files', '-z', '-co', '--exclude-standard']);
  for (const path of listed.stdout.split('\0')) {
    if (!path || !lstatSync(join(root, path), { throwIfNoEntry: false })) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(root, path), join(folder, path), { preserveTimestamps: true });
  }
  // Links to the packages and not to their folder: whatever npm does here stays here.
  linkPackages(folder, readdirSync(join(root, 'node_modules')));
  // Newer than package.json, so that make takes them for installed.
  writeFileSync(join(folder, 'node_modules/.package-lock.json'), '{}');
  return folder;
}

/** Puts some of this repository's packages into a project. */
export function linkPackages(project: string, names: readonly string[]): void {
  for (const name of names.filter(name => name !== '.package-lock.json')) {
    const place = join(project, 'node_modules', name);
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), place);
  }
}

/** What a person's shell has, and this repository's Node in front. */
export function shellEnv(env: Readonly<Record<string, string | undefined>> = {}): NodeJS.ProcessEnv {
  const path = `${dirname(process.execPath)}:${process.env.PATH}`;
  return { PATH: path, HOME: dirname(root), DBO_STAGE: process.env.DBO_STAGE, ...env };
}
