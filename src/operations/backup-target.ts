import type { Config, Target } from '../config/config.ts';
import type { RunContext } from '../contract/run-context.ts';
import { type BackupRequest, type BackupResult, backup } from './backup.ts';
import { prune } from './prune.ts';

/** Makes a backup, and after it, never after a failure, applies the target's retention. Rejects as `backup` does. */
export async function backupTarget(
  target: Target,
  request: BackupRequest,
  config: Config,
  run: RunContext,
): Promise<BackupResult> {
  const result = await backup(target, request, run);
  if (!target.retention) return result;
  const { removed, failed } = await prune(target, { dryRun: false }, config, run, result.path);
  for (const { path } of removed) run.emit({ type: 'notice', message: `retention removed ${path}` });
  for (const { path, error } of failed) {
    run.emit({ type: 'warning', message: `retention could not remove ${path}: ${error}` });
  }
  return result;
}
