import type { Target } from '../../config/config.ts';
import type { Server, Session } from '../../contract/adapter.ts';
import { dateInWords, sizeInWords } from '../../report/words.ts';
import { readUndoRecord, type UndoRecord } from '../../store/undo-record.ts';
import { findUndo } from '../replacement/find-undo.ts';
import { type Check, ok } from './check.ts';

/** What an undo would put back, and what it costs to keep; where no server can be asked, as it was recorded. */
export async function undoCheck(
  target: Target,
  reached: { server: Server; maintenance: Session } | undefined,
): Promise<Check> {
  const record = await readUndoRecord(target.directory, target.name);
  // Of several databases the one that was restored last.
  const database = target.databases === undefined ? reached?.server.database : record?.database;
  const found =
    reached && database !== undefined
      ? await findUndo(target, { database }, reached.maintenance)
      : record && recorded(record);
  if (!found) return ok('undo', 'nothing is kept');
  const what = found.backup === undefined ? 'the database' : 'the backup of what';
  const size = `${what} that a restore replaced is kept since ${dateInWords(found.since)}, ${sizeInWords(found.bytes)}`;
  return ok('undo', `${size}; let it go with: db-orchestrate prune --undo --target ${target.name}`);
}

function recorded({ replacedAt, bytes, inPlace }: UndoRecord) {
  return { since: new Date(replacedAt), bytes, backup: inPlace?.backup };
}
