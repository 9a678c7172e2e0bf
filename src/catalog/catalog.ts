import { lstatSync, readFileSync } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { parseBackupFileName } from './file-name.ts';
import { type Manifest, manifestName, parseManifest } from './manifest.ts';

/** One backup in a folder. */
export interface Backup {
  readonly path: string;
  readonly id: string;
  readonly prefix: string;
  /** Undefined for the files of old scripts, and when what stands beside the file cannot be read. */
  readonly manifest: Manifest | undefined;
  /** Whether something stands beside the file that this version cannot read as a manifest. */
  readonly hasUnreadableManifest: boolean;
  /** Of the stored file. */
  readonly bytes: number;
  readonly startedAt: Date;
  /** The configured target that it belongs to, or the name that its manifest gives. */
  readonly target: string | undefined;
}

/** A target as far as its backups are concerned. */
export interface BackupOwner {
  readonly name: string;
  readonly directory: string;
  /** Undefined when neither the configuration nor the connection settings name the database. */
  readonly prefix: string | undefined;
}

/**
 * The backups in the folders of all targets, newest first: by the instant in the manifest, else by the name; a
 * file's own times never decide. Files that do not fit the grammar, links and folders are not ours.
 */
export async function readCatalog(
  owners: readonly BackupOwner[],
  directories: readonly string[],
): Promise<Backup[]> {
  const spelling = await firstSpelling([...owners.map(owner => owner.directory), ...directories]);
  const placed = owners.map(owner => ({ ...owner, directory: spelling.get(owner.directory)! }));
  const found = await Promise.all([...new Set(spelling.values())].map(folder => backupsIn(folder, placed)));
  return found
    .flat()
    .sort((a, b) => b.startedAt.getTime() - a.startedAt.getTime() || (a.path < b.path ? 1 : -1));
}

/** Each folder as it was first written: reached by a second way, its backups would count twice. */
async function firstSpelling(directories: readonly string[]): Promise<Map<string, string>> {
  const firstOf = new Map<string, string>();
  const spelling = new Map<string, string>();
  for (const directory of directories) {
    const real = await realpath(directory).catch(() => directory);
    if (!firstOf.has(real)) firstOf.set(real, directory);
    spelling.set(directory, firstOf.get(real)!);
  }
  return spelling;
}

/**
 * The backup in one file, wherever it is; undefined when the name does not fit the grammar. It waits for the disk: of ten
 * thousand files, handing each call to a thread and back takes several times as long as the call.
 */
export function readBackup(path: string, owners: readonly BackupOwner[]): Backup | undefined {
  const [directory, fileName] = [join(path, '..'), path.slice(path.lastIndexOf('/') + 1)];
  const name = parseBackupFileName(fileName);
  if (!name) return undefined;
  const bytes = sizeOfFile(path);
  if (bytes === undefined) return undefined;
  const text = readManifest(join(directory, manifestName(fileName)));
  const manifest = text === undefined ? undefined : parseManifest(text);
  const fits = owners.find(owner => owner.directory === directory && owner.prefix === name.prefix);
  return {
    path,
    id: name.id,
    prefix: name.prefix,
    manifest,
    hasUnreadableManifest: text !== undefined && manifest === undefined,
    bytes,
    startedAt: manifest ? new Date(manifest.startedAt) : name.date,
    target: manifest?.target ?? fits?.name,
  };
}

/** In bytes; undefined when it is no regular file, or cannot be looked at. */
function sizeOfFile(path: string): number | undefined {
  try {
    const file = lstatSync(path);
    return file.isFile() ? file.size : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined when there is none; empty when it cannot be read. */
function readManifest(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : '';
  }
}

/** Whether the stored file has the size that its manifest recorded; without a manifest nothing is known. */
function hasRecordedSize(backup: Backup): boolean {
  return backup.manifest === undefined || backup.manifest.bytes === backup.bytes;
}

/** Whether nothing that is known of a backup speaks against it. */
export function seemsWhole(backup: Backup): boolean {
  return hasRecordedSize(backup) && backup.manifest?.proof?.level !== 'failed';
}

async function backupsIn(directory: string, owners: readonly BackupOwner[]): Promise<Backup[]> {
  const names = await readdir(directory).catch(() => []);
  return names.map(name => readBackup(join(directory, name), owners)).filter(backup => backup !== undefined);
}
