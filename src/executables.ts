import { access, constants } from 'node:fs/promises';
import { delimiter } from 'node:path';
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
