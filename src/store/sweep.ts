import { lstat, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { parseBackupFileName } from '../catalog/file-name.ts';
import { companionNames } from '../catalog/manifest.ts';
import { lifeOf } from '../process-identity.ts';
import { stagedBy } from './staged-file.ts';

/** How long a staged file of a machine that cannot be asked must have been left untouched: a day, in ms. */
const abandonedAfter = 24 * 60 * 60 * 1000;

/**
 * Removes what dead runs left in a backup folder, and returns its names: staged files, and what stands
 * beside data files that never came. What belongs to a run that is alive, or may be, stays: a file of another machine or container
 * goes only when nobody has written to it for a day.
 */
export async function sweepLeftovers(directory: string, now: Date): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  const staged = names.filter(name => stagedBy(name) !== undefined);
  const dead: string[] = [];
  for (const name of staged) if (await isAbandoned(directory, name, now)) dead.push(name);
  // A live run publishes its manifest while its data file is still staged: only then is an orphan not one.
  const orphans = dead.length === staged.length ? await companionsWithoutData(directory, names) : [];
  const removed: string[] = [];
  for (const name of [...dead, ...orphans]) {
    const isGone = await unlink(join(directory, name)).then(
      () => true,
      () => false,
    );
    if (isGone) removed.push(name);
  }
  return removed;
}

async function isAbandoned(directory: string, name: string, now: Date): Promise<boolean> {
  const life = await lifeOf(stagedBy(name)!);
  if (life !== 'unknown') return life === 'dead';
  const file = await lstat(join(directory, name)).catch(() => undefined);
  return file !== undefined && file.mtimeMs < now.getTime() - abandonedAfter;
}

/** Looks again at each: a run that was publishing while the folder was read is seen neither staged nor published. */
async function companionsWithoutData(directory: string, names: readonly string[]): Promise<string[]> {
  const present = new Set(names);
  const orphans: string[] = [];
  for (const name of names) {
    const data = name.replace(/(\.sql\.gz)\.(?:json|globals\.sql)$/, '$1');
    if (!companionNames(data).includes(name) || parseBackupFileName(data) === undefined) continue;
    if (!present.has(data) && !(await exists(join(directory, data)))) orphans.push(name);
  }
  return orphans;
}

function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
