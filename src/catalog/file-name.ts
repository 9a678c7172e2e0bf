/** What a backup's file name says: `<prefix>_backup_<id>.sql.gz`, the id being a local time `YYYYMMDD_HHMMSS`. */
export interface BackupName {
  readonly prefix: string;
  readonly id: string;
  /** The id as an instant in this process's time zone; a manifest knows better. */
  readonly date: Date;
}

export function backupFileName(prefix: string, date: Date): string {
  return `${prefix}_backup_${localStamp(date)}.sql.gz`;
}

/** Undefined for every file that is not ours. */
export function parseBackupFileName(fileName: string): BackupName | undefined {
  const match = /^([A-Za-z0-9_][A-Za-z0-9._-]*)_backup_(\d{8}_\d{6})\.sql\.gz$/.exec(fileName);
  const date = match && parseStamp(match[2]!);
  return date ? { prefix: match[1]!, id: match[2]!, date } : undefined;
}

/** A database's name as a file name prefix: safe for any file system, never hidden, never an option. */
export function prefixFromDatabase(database: string): string {
  const bytes = Buffer.from(database).toString('latin1');
  return bytes.replaceAll(/[^A-Za-z0-9._-]/g, '-').replace(/^[-.]+/, '') || 'database';
}

/** Local time as `YYYYMMDD_HHMMSS`: sorts by name, and reads as the clock on the wall did. */
export function localStamp(date: Date): string {
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()];
  const join = (parts: number[]) => parts.map(part => String(part).padStart(2, '0')).join('');
  return `${join(day)}_${join(time)}`;
}

/** The instant of a local time `YYYYMMDD_HHMMSS` in this process's time zone; undefined for what is none. */
export function parseStamp(stamp: string): Date | undefined {
  const [year, month, day, hour, minute, second] = [0, 4, 6, 9, 11, 13].map((at, part) =>
    Number(stamp.slice(at, at + (part === 0 ? 4 : 2))),
  ) as [number, number, number, number, number, number];
  const date = new Date(year, month - 1, day, hour, minute, second);
  // 20260231 is no day, and an hour that daylight saving skips reads as the next one: keep the latter.
  return date.getMonth() === month - 1 && date.getDate() === day && minute < 60 && second < 60
    ? date
    : undefined;
}
