import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { RunContext } from '../contract/run-context.ts';

/** ISA-L's gzip, several times as quick as zlib; undefined where this machine has none. */
export async function findIgzip({ env }: Pick<RunContext, 'env'>): Promise<string | undefined> {
  // An empty or relative part of PATH would run programs of whatever folder one stands in.
  for (const folder of (env.PATH ?? '').split(delimiter).filter(part => part.startsWith('/'))) {
    const path = join(folder, 'igzip');
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
