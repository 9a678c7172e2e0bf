import type { listedBackup } from '../report/listed-backup.ts';
import { beginRun, type RunOptions } from './run-options.ts';

export interface ListOptions extends RunOptions {
  /** Names of targets; without it the default one; all of `./backups` when nothing is configured. */
  readonly targets?: readonly string[] | 'all' | undefined;
}

export type ListedBackup = ReturnType<typeof listedBackup>;

/** The backups, newest first. No server is asked. */
export async function list(options: ListOptions = {}): Promise<{ backups: ListedBackup[] }> {
  const { run, config } = await beginRun(options);
  const { list: listBackups } = await import('../operations/list.ts');
  const { listedBackup } = await import('../report/listed-backup.ts');
  const { selectTargets } = await import('../targets/select-targets.ts');
  const choice = options.targets === 'all' ? { allTargets: true } : { target: options.targets };
  const targets = config.targets.length === 0 ? [] : selectTargets(config, choice);
  return { backups: (await listBackups(config, targets, run)).map(listedBackup) };
}
