import { type Backup, readCatalog } from '../catalog/catalog.ts';
import type { Config, Target } from '../config/config.ts';
import type { RunContext } from '../contract/run-context.ts';
import { readUndoRecord, type UndoRecord } from '../store/undo-record.ts';
import { backupOwners } from '../targets/backup-owners.ts';

/**
 * The backups of the given targets, newest first, without asking any server. With no target configured, or with
 * all of them chosen, also the files in the configured folder that belong to none.
 */
export async function list(config: Config, targets: readonly Target[], run: RunContext): Promise<Backup[]> {
  const chosen = new Set(targets.map(target => target.name));
  const all = chosen.size === config.targets.length;
  const backups = await readCatalog(backupOwners(config, run), [config.directory]);
  return backups.filter(backup => all || (backup.target !== undefined && chosen.has(backup.target)));
}

/** What the last restore of a target replaced, as recorded. */
export interface KeptOf {
  readonly target: string;
  readonly record: UndoRecord;
}

/** What the last restores of the targets replaced, as recorded beside the backups; the servers know better, `targets` asks them. */
export async function listUndos(targets: readonly Target[]): Promise<KeptOf[]> {
  const found = await Promise.all(
    targets.map(async ({ name, directory }) => ({
      target: name,
      record: await readUndoRecord(directory, name),
    })),
  );
  return found.flatMap(({ target, record }) => (record ? [{ target, record }] : []));
}
