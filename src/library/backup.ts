import type { VerifyLevel } from '../config/config.ts';
import { OrchestrateError } from '../errors.ts';
import type { backupDocument } from '../report/made-backup.ts';
import { beginRun, type RunOptions } from './run-options.ts';

export interface BackupOptions extends RunOptions {
  /** Names of targets; without it the default one. */
  readonly targets?: readonly string[] | 'all' | undefined;
  /** A note that is shown in the list. */
  readonly label?: string | undefined;
  /** A proof right after each backup, instead of the configured one. */
  readonly verify?: VerifyLevel | undefined;
  /** How many sessions work side by side. */
  readonly jobs?: number | undefined;
}

export type MadeBackup = ReturnType<typeof backupDocument>;

/**
 * Makes a backup of each target, and applies its retention. Rejects with an `OrchestrateError` unless all succeeded; of
 * several, `document.backups` has what became of each.
 */
export async function backup(options: BackupOptions = {}): Promise<{ backups: MadeBackup[] }> {
  const { run, config } = await beginRun(options);
  const { backupTarget } = await import('../operations/backup-target.ts');
  const { eachTarget } = await import('../operations/each-target.ts');
  const { backupDocument } = await import('../report/made-backup.ts');
  const { selectTargets } = await import('../targets/select-targets.ts');
  const { targets, jobs, ...request } = options;
  const choice = targets === 'all' ? { allTargets: true } : { target: targets };
  const chosen = selectTargets(config, choice).map(target => ({ ...target, jobs: jobs ?? target.jobs }));
  const { done, all, exitCode } = await eachTarget(chosen, run, async target =>
    backupDocument(await backupTarget(target, request, config, run)),
  );
  if (exitCode === 0) return { backups: [...done] };
  const bad = all.flatMap(one => ('error' in one ? [`${one.target}: ${one.error.message}`] : []));
  throw new OrchestrateError('partial', `${bad.length} of ${all.length} backups failed: ${bad.join('; ')}`, {
    exitCode,
    document: { backups: all },
  });
}
