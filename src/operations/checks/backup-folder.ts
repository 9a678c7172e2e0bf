import { access, constants, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Backup } from '../../catalog/catalog.ts';
import { OrchestrateError } from '../../errors.ts';
import { shellWord } from '../../postgres/dump-text/plain-dump.ts';
import { sizeInWords } from '../../report/words.ts';
import { type Check, failed, ok, warning } from './check.ts';

/** Whether the next backup can be written. Nothing is written to find out. `newest` tells how large one is. */
export async function backupFolderChecks(directory: string, newest: Backup | undefined): Promise<Check[]> {
  const name = 'backup folder';
  const place = await nearest(directory);
  if (!place.isDirectory) {
    const hint = 'Name a folder: directory in the config file, or BACKUP_DIR.';
    return [failed(name, new OrchestrateError('backup-failed', `${place.path} is not a folder`, { hint }))];
  }
  const refusal = await access(place.path, constants.W_OK | constants.X_OK).then(
    () => undefined,
    error => error as NodeJS.ErrnoException,
  );
  if (refusal) return [failed(name, notWritable(place.path, refusal))];
  const isThere = place.path === directory;
  const others = isThere && (place.mode & 0o002) !== 0;
  return [
    others
      ? warning(
          name,
          `${directory} can be written to by everybody: backups could be put there that are not yours`,
          `Close it: chmod o-w ${shellWord(directory)}`,
        )
      : ok(name, `${directory} ${isThere ? 'is writable' : 'will be made'}`),
    await roomCheck(place.path, newest),
  ];
}

interface Place {
  readonly path: string;
  readonly mode: number;
  readonly isDirectory: boolean;
}

/** The folder, or the one that it would be made in. */
async function nearest(path: string): Promise<Place> {
  const found = await stat(path).catch(() => undefined);
  if (found) return { path, mode: found.mode, isDirectory: found.isDirectory() };
  return dirname(path) === path ? { path, mode: 0, isDirectory: true } : nearest(dirname(path));
}

function notWritable(path: string, { code }: NodeJS.ErrnoException): OrchestrateError {
  const hints: Readonly<Record<string, string>> = {
    EROFS: 'Name a folder elsewhere: directory in the config file, or BACKUP_DIR.',
  };
  return new OrchestrateError('backup-failed', `nothing can be written in ${path} (${code})`, {
    hint: hints[code ?? ''] ?? `Allow it: sudo chown "$(id -un)" ${shellWord(path)}`,
  });
}

/** A backup is about as large as the last one. */
async function roomCheck(path: string, newest: Backup | undefined): Promise<Check> {
  const { bavail, bsize } = await statfs(path);
  const free = bavail * bsize;
  const room = `${sizeInWords(free)} free`;
  if (!newest) return ok('backup disk', room);
  const last = `the newest backup takes ${sizeInWords(newest.bytes)}`;
  if (free >= newest.bytes) return ok('backup disk', `${room}; ${last}`);
  return failed(
    'backup disk',
    new OrchestrateError('backup-failed', `only ${room}, and ${last}`, {
      hint: 'Free some space, or see what retention would remove: db-orchestrate prune --keep-last 7 --dry-run',
    }),
  );
}
