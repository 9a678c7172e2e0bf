import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Backup, readCatalog, seemsWhole } from '../catalog/catalog.ts';
import { companionNames } from '../catalog/manifest.ts';
import { applyRetention, type RetentionDecision, type RetentionPolicy } from '../catalog/retention.ts';
import { retentionGroups } from '../catalog/retention-groups.ts';
import type { Config, Target } from '../config/config.ts';
import type { RunContext } from '../contract/run-context.ts';
import { readUndoRecord } from '../store/undo-record.ts';
import { backupOwners } from '../targets/backup-owners.ts';
import { checkFile } from './file/check-file.ts';

export interface PruneResult {
  readonly kept: readonly { path: string; reasons: readonly string[] }[];
  readonly removed: readonly { path: string }[];
  readonly failed: readonly { path: string; error: string }[];
}

export interface PruneRequest {
  /** Instead of what is configured. */
  readonly policy?: RetentionPolicy | undefined;
  /** Decide only. */
  readonly dryRun: boolean;
}

/**
 * Applies retention to the backups of one target, to those of each of its databases, and to partial ones apart from
 * complete ones; without a policy everything stays. A file that cannot be removed
 * does not stop the others. `fresh` is the path of a backup that this run has just made, and so knows to be whole.
 */
export async function prune(
  target: Target,
  { policy = target.retention ?? {}, dryRun }: PruneRequest,
  config: Config,
  run: RunContext,
  fresh?: string,
): Promise<PruneResult> {
  const backups = (await readCatalog(backupOwners(config, run), [])).filter(
    backup => backup.target === target.name,
  );
  const undo = await readUndoRecord(target.directory, target.name);
  const decisions: RetentionDecision<Candidate>[] = [];
  for (const group of retentionGroups(backups))
    decisions.push(...(await decide(group, policy, undo?.inPlace?.backup, fresh, run)));
  const kept = decisions.filter(({ reasons }) => reasons.length > 0);
  const removed: { path: string }[] = [];
  const failed: { path: string; error: string }[] = [];
  for (const { path } of decisions
    .filter(({ reasons }) => reasons.length === 0)
    .map(({ backup }) => backup)) {
    run.signal.throwIfAborted();
    try {
      if (!dryRun) await remove(path);
      removed.push({ path });
    } catch (error) {
      failed.push({ path, error: (error as Error).message });
    }
  }
  return { kept: kept.map(({ backup, reasons }) => ({ path: backup.path, reasons })), removed, failed };
}

type Candidate = Backup & Parameters<typeof applyRetention>[0][number];

/** What is kept as the last good one is read to its end before anything else goes: on it all depends. */
async function decide(
  backups: readonly Backup[],
  policy: RetentionPolicy,
  undoes: string | undefined,
  fresh: string | undefined,
  run: RunContext,
): Promise<RetentionDecision<Candidate>[]> {
  const candidates: Candidate[] = [];
  for (const backup of backups) {
    run.signal.throwIfAborted();
    const undoable = basename(backup.path) === undoes;
    candidates.push({ ...asCandidate(backup, await isWhole(backup, run)), undoes: undoable });
  }
  for (;;) {
    const decisions = applyRetention(candidates, policy, run.now());
    if (decisions.every(({ reasons }) => reasons.length > 0)) return decisions;
    const newest = candidates.filter(candidate => candidate.whole && candidate.startedAt <= run.now())[0];
    if (!newest || newest.path === fresh || (await hasRecordedDigest(newest))) return decisions;
    run.emit({ type: 'warning', message: `not counted, its SHA-256 is not as recorded: ${newest.path}` });
    candidates[candidates.indexOf(newest)] = { ...newest, whole: false };
  }
}

function asCandidate(backup: Backup, whole: boolean): Candidate {
  const { manifest } = backup;
  return {
    ...backup,
    whole,
    proven: manifest?.proof?.level === 'proven',
    labelled: manifest?.label !== undefined,
    automatic: manifest !== undefined && manifest.origin !== 'manual',
  };
}

/** By its size, where a manifest recorded it; else by reading it, since old scripts left 20-byte files behind. */
async function isWhole(backup: Backup, run: RunContext): Promise<boolean> {
  if (backup.manifest) return seemsWhole(backup);
  // It may say that the backup has a label or was proven, perhaps in the format of a later version.
  if (backup.hasUnreadableManifest) return false;
  return checkFile({ path: backup.path, backup }, run).then(
    () => true,
    () => false,
  );
}

async function hasRecordedDigest({ path, manifest }: Backup): Promise<boolean> {
  if (!manifest) return true; // read as a whole already
  const hash = createHash('sha256');
  return pipeline(createReadStream(path), hash).then(
    () => hash.digest('hex') === manifest.sha256,
    () => false, // what cannot be read is nothing to rely on
  );
}

/** The data first: what stands beside it without it is cleared by the next run, data without its manifest is not. */
async function remove(path: string): Promise<void> {
  await unlink(path);
  for (const companion of companionNames(path))
    await unlink(companion).catch(error => {
      if (error.code !== 'ENOENT') throw error;
    });
}
