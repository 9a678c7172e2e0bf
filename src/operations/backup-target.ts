import { readBackup } from '../catalog/catalog.ts';
import type { Config, Target, VerifyLevel } from '../config/config.ts';
import type { RunContext } from '../contract/run-context.ts';
import { OrchestrateError } from '../errors.ts';
import { backupDocument } from '../report/made-backup.ts';
import { setAside } from '../store/set-aside.ts';
import { type BackupRequest, type BackupResult, backup } from './backup.ts';
import { prune } from './prune.ts';
import { verifyFile } from './verify.ts';
import { withHooks } from './with-hooks.ts';

export interface BackupTargetRequest extends BackupRequest {
  /** Instead of what is configured. */
  readonly verify?: VerifyLevel | undefined;
}

/**
 * Makes a backup, proves it where that is wanted, and then, never after a failure, applies the target's retention and
 * runs the hook for it, or, where it failed, that for failures.
 * Rejects as `backup` does, and as `verify` does: with `bad-file` the backup was set aside, else it is there, unproven.
 */
export async function backupTarget(
  target: Target,
  request: BackupTargetRequest,
  config: Config,
  run: RunContext,
): Promise<BackupResult> {
  const work = () => backupAndPrune(target, request, config, run);
  // Nobody waits to hear of what guard makes, and one that is waited for has not come by it.
  if (request.origin !== undefined && request.origin !== 'manual') return work();
  const tell = (result: BackupResult) => ({ file: result.path, report: backupDocument(result) });
  return withHooks(target, { after: 'afterBackup', tell }, run, work);
}

async function backupAndPrune(
  target: Target,
  request: BackupTargetRequest,
  config: Config,
  run: RunContext,
): Promise<BackupResult> {
  const made = await backup(target, request, run);
  const level = request.verify ?? target.verify;
  const result = level ? await proved(made, level, target, run) : made;
  if (!target.retention) return result;
  const { removed, failed } = await prune(target, { dryRun: false }, config, run, result.path);
  for (const { path } of removed) run.emit({ type: 'notice', message: `retention removed ${path}` });
  for (const { path, error } of failed) {
    run.emit({ type: 'warning', message: `retention could not remove ${path}: ${error}` });
  }
  return result;
}

async function proved(
  made: BackupResult,
  level: VerifyLevel,
  target: Target,
  run: RunContext,
): Promise<BackupResult> {
  const chosen = { path: made.path, backup: readBackup(made.path, []) };
  try {
    const { proof } = await verifyFile(chosen, { level, target }, run);
    return { ...made, manifest: { ...made.manifest, proof } };
  } catch (error) {
    if (!(error instanceof OrchestrateError) || error.code === 'interrupted') throw error;
    const where =
      error.code === 'bad-file'
        ? `It is kept aside, for a person to look at: ${await setAside(made.path)}`
        : `The backup was made, but nothing proves it: ${made.path}`;
    const { code, message, hint, cause } = error;
    throw new OrchestrateError(code, message, { cause, hint: hint ? `${where}. ${hint}` : where });
  }
}
