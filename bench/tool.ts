import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { mustRun } from '../test/stage/run-program.ts';

const root = resolve(import.meta.dirname, '..');

/** Builds the package into `folder`, so that the one in dist/ stays as it is. Gives the program that users start. */
export async function buildTool(folder: string): Promise<string> {
  mkdirSync(folder);
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const build = [
    process.execPath,
    compiler,
    '-p',
    'tsconfig.build.json',
    '--noCheck',
    '--outDir',
    join(folder, 'dist'),
  ];
  await mustRun(build, { cwd: root });
  for (const name of ['bin', 'package.json'])
    cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return join(folder, 'bin/db-orchestrate.cjs');
}

/** PATH with this Node and the server's own client programs in front. */
export function searchPath(binDirectory: string): string {
  return [dirname(process.execPath), binDirectory, process.env.PATH].join(delimiter);
}

/** Everything in `path` but some programs, as links in `folder`. */
export function pathWithout(names: readonly string[], path: string, folder: string): string {
  mkdirSync(folder, { recursive: true });
  for (const place of path.split(delimiter).filter(existsSync)) {
    for (const name of readdirSync(place)) {
      const link = join(folder, name);
      if (!names.includes(name) && !existsSync(link)) symlinkSync(join(place, name), link);
    }
  }
  return folder;
}
