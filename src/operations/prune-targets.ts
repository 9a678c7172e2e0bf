import type { Config, Target } from '../config/config.ts';
import type { RunContext } from '../contract/run-context.ts';
import { failures } from '../errors.ts';
import { type PruneRequest, type PruneResult, prune } from './prune.ts';
import { dropUndo } from './replacement/drop-undo.ts';
import { targetDatabases } from './target-databases.ts';

export interface PruneTargetsResult extends PruneResult {
  /** Databases that were kept for undo and are dropped. */
  readonly dropped: readonly string[];
}

/** Applies retention to several targets, and, when asked, drops what is kept for undo. */
export async function pruneTargets(
  targets: readonly Target[],
  request: PruneRequest & { readonly undo: boolean },
  config: Config,
  run: RunContext,
): Promise<PruneTargetsResult> {
  const results: PruneResult[] = [];
  const dropped: string[] = [];
  for (const target of targets) {
    results.push(await prune(target, request, config, run));
    if (!request.undo) continue;
    for (const database of await targetDatabases(target, run))
      dropped.push(...(await dropUndo(database, request, run)));
  }
  return {
    kept: results.flatMap(({ kept }) => kept),
    removed: results.flatMap(({ removed }) => removed),
    failed: results.flatMap(({ failed }) => failed),
    dropped,
  };
}

/** 0, or `partial` when a file could not be removed. */
export function pruneExitCode({ failed }: PruneResult): number {
  return failed.length > 0 ? failures.partial.exitCode : 0;
}
