import { chmodSync, globSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from './project-folder.ts';
import { linkPackages, repositoryCopy, shellEnv } from './repository-copy.ts';
import { mustRun } from './run-program.ts';

/** A project that has the package in its node_modules as npm would pack and install it, and nothing else of ours. */
export async function projectWithPackage(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const copy = await repositoryCopy();
  await mustRun(['npm', 'pack', '--silent'], { cwd: copy, env: shellEnv() });
  const project = projectFolder(files);
  const place = join(project, 'node_modules/db-orchestrate');
  mkdirSync(place, { recursive: true });
  const [tarball] = globSync(join(copy, 'db-orchestrate-*.tgz'));
  await mustRun(['tar', '-xzf', tarball ?? '', '--strip-components=1', '-C', place]);
  const { bin, dependencies } = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8'));
  linkPackages(project, Object.keys(dependencies));
  mkdirSync(join(project, 'node_modules/.bin'));
  for (const [name, path] of Object.entries<string>(bin)) {
    chmodSync(join(place, path), 0o755);
    symlinkSync(join('../db-orchestrate', path), join(project, 'node_modules/.bin', name));
  }
  return project;
}
