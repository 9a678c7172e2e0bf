import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { RunContext } from './contract/run-context.ts';

/** The folders of PATH. An empty or relative part of it would run programs of whatever folder one stands in. */
export function pathFolders({ env }: Pick<RunContext, 'env'>): string[] {
  return (env.PATH ?? '').split(delimiter).filter(part => part.startsWith('/'));
}

export function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** The first program of that name in PATH; undefined where there is none. */
export async function findInPath(name: string, run: Pick<RunContext, 'env'>): Promise<string | undefined> {
  for (const folder of pathFolders(run)) {
    const path = join(folder, name);
    if (await isExecutable(path)) return path;
  }
  return undefined;
}
