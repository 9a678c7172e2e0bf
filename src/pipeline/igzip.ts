import { join } from 'node:path';
import type { RunContext } from '../contract/run-context.ts';
import { isExecutable, pathFolders } from '../executables.ts';

/** ISA-L's gzip, several times as quick as zlib; undefined where this machine has none. */
export async function findIgzip(run: Pick<RunContext, 'env'>): Promise<string | undefined> {
  for (const folder of pathFolders(run)) {
    const path = join(folder, 'igzip');
    if (await isExecutable(path)) return path;
  }
  return undefined;
}
