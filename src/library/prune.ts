import type { RetentionPolicy } from '../catalog/retention.ts';
import type { PruneTargetsResult } from '../operations/prune-targets.ts';
import { beginRun, type RunOptions } from './run-options.ts';

export interface PruneOptions extends RunOptions {
  /** Names of targets; without it the default one. */
  readonly targets?: readonly string[] | 'all' | undefined;
  /** Instead of what is configured. */
  readonly retention?: RetentionPolicy | undefined;
  /** Also drop the databases that are kept for undo. */
  readonly undo?: boolean | undefined;
  /** Decide only. */
  readonly dryRun?: boolean | undefined;
}

/** Applies retention. A file that cannot be removed is in `failed`, and does not stop the others. */
export async function prune(options: PruneOptions = {}): Promise<PruneTargetsResult> {
  const { run, config } = await beginRun(options);
  const { pruneTargets } = await import('../operations/prune-targets.ts');
  const { selectTargets } = await import('../targets/select-targets.ts');
  const choice = options.targets === 'all' ? { allTargets: true } : { target: options.targets };
  const { retention: policy, undo = false, dryRun = false } = options;
  return pruneTargets(selectTargets(config, choice), { policy, undo, dryRun }, config, run);
}
