import { createHash } from 'node:crypto';
import { localStamp, parseStamp } from '../catalog/file-name.ts';

/** PostgreSQL cuts names at 63 bytes; what is left of 63 after the longest ending of ours. */
const stemBytes = 35;

/** The database that a restore fills before it takes the place of `database`; carries the run's id. */
export function incomingName(database: string, runId: string): string {
  const name = `${stem(database)}_restoring_${runId}`;
  return `${name}_${fingerprint(name)}`;
}

/** The run that a database of that name belongs to; undefined for names that a person gave, whatever they look like. */
export function incomingRun(name: string): string | undefined {
  const match = /^(.*_restoring_([0-9a-f]{8}))_([0-9a-f]{6})$/s.exec(name);
  return match && fingerprint(match[1]!) === match[3] ? match[2] : undefined;
}

/** The name that a replaced database is kept under. */
export function undoName(database: string, replacedAt: Date): string {
  return `${stem(database)}_undo_${localStamp(replacedAt)}_${fingerprint(database)}`;
}

/** When `database` was replaced, if `name` is what it was kept as. */
export function undoTime(name: string, database: string): Date | undefined {
  const ending = name.startsWith(`${stem(database)}_undo_`) ? name.slice(stem(database).length) : '';
  const match = /^_undo_(\d{8}_\d{6})_([0-9a-f]{6})$/.exec(ending);
  return match?.[2] === fingerprint(database) ? parseStamp(match[1]!) : undefined;
}

/** The first bytes of a name, whole characters only. */
function stem(database: string): string {
  const bytes = Buffer.from(database);
  let end = Math.min(stemBytes, bytes.length);
  while (end < bytes.length && (bytes[end]! & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}

/** Names that begin alike are told apart by six hexadecimal digits of the whole. */
function fingerprint(database: string): string {
  return createHash('sha256').update(database).digest('hex').slice(0, 6);
}
