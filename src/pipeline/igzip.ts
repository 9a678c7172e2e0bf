import type { RunContext } from '../contract/run-context.ts';
import { findInPath } from '../executables.ts';

/** ISA-L's gzip, several times as quick as zlib; undefined where this machine has none. */
export function findIgzip(run: Pick<RunContext, 'env'>): Promise<string | undefined> {
  return findInPath('igzip', run);
}
