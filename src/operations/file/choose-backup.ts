import { lstat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Backup, readBackup, readCatalog, seemsWhole } from '../../catalog/catalog.ts';
import type { Config } from '../../config/config.ts';
import type { RunContext } from '../../contract/run-context.ts';
import { OrchestrateError } from '../../errors.ts';
import { backupOwners } from '../../targets/backup-owners.ts';

/** A file that a person named; what the catalog knows of it, when its name is one of ours. */
export interface ChosenFile {
  readonly path: string;
  readonly backup: Backup | undefined;
}

/**
 * What was typed for `<FILE|latest|ID>`, as files to try in order: one for a path or an id; for `latest` the
 * target's backups, newest first, so that a damaged one can be passed over. Without a target those of any. Rejects
 * with `usage`.
 */
export async function chooseBackup(
  typed: string,
  target: string | undefined,
  config: Config,
  run: RunContext,
): Promise<ChosenFile[]> {
  const owners = backupOwners(config, run);
  if (isPath(typed)) {
    const path = resolve(run.cwd, typed);
    if (!(await lstat(path).catch(() => undefined)))
      throw notFound(`there is no file ${JSON.stringify(typed)}`);
    return [{ path, backup: readBackup(path, owners) }];
  }
  const all = await readCatalog(owners, [config.directory]);
  const ours = all.filter(backup => target === undefined || backup.target === target);
  if (typed === 'latest') {
    // What was backed up before a restore is what somebody wanted to be rid of: twice "latest" must not bring it back.
    const wanted = ours.filter(backup => backup.manifest?.origin !== 'before-restore');
    const whole = wanted.filter(backup => {
      if (seemsWhole(backup)) return true;
      const why = backup.manifest?.proof?.level === 'failed' ? 'it did not prove' : 'it is not whole';
      run.emit({ type: 'warning', message: `passed over, ${why}: ${backup.path}` });
      return false;
    });
    const several = config.targets.find(({ name }) => name === target)?.databases !== undefined;
    if (several) refuseSeveral(target!, whole);
    if (whole.length > 0) return whole.map(chosen);
    throw notFound(`there is no whole backup${target === undefined ? '' : ` of target ${target}`}`);
  }
  const matching = ours.filter(backup => backup.id.startsWith(typed));
  if (matching.length === 1) return matching.map(chosen);
  if (matching.length === 0) throw notFound(`no backup has an id that starts with ${JSON.stringify(typed)}`);
  throw new OrchestrateError(
    'usage',
    `${matching.length} backups have an id that starts with ${JSON.stringify(typed)}`,
    {
      hint: `Type more of one of them, or its path: ${matching
        .slice(0, 5)
        .map(backup => backup.path)
        .join(', ')}`,
    },
  );
}

/** The newest of several databases would be anybody's guess. */
function refuseSeveral(target: string, backups: readonly Backup[]): void {
  const newestOf = new Map<string | undefined, string>();
  for (const { manifest, path } of backups)
    if (!newestOf.has(manifest?.database.name)) newestOf.set(manifest?.database.name, path);
  if (newestOf.size < 2) return;
  throw new OrchestrateError(
    'usage',
    `target ${target} has backups of several databases: ${[...newestOf.keys()]
      .map(name => name ?? 'unknown')
      .sort()
      .join(', ')}`,
    {
      hint: `Type the path of one instead of latest: ${[...newestOf.values()].join(', ')}`,
    },
  );
}

export function isPath(typed: string): boolean {
  return typed.includes('/') || /\.(sql|gz)$/.test(typed);
}

function chosen(backup: Backup): ChosenFile {
  return { path: backup.path, backup };
}

function notFound(message: string): OrchestrateError {
  return new OrchestrateError('usage', message, {
    hint: 'To see what there is, run: db-orchestrate list --all-targets',
  });
}
