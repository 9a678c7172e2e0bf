import type { Target } from '../../config/config.ts';
import type { Server, Session } from '../../contract/adapter.ts';
import { dateInWords, sizeInWords } from '../../report/words.ts';
import { readUndoRecord } from '../../store/undo-record.ts';
import { findUndo } from '../find-undo.ts';
import { type Check, ok } from './check.ts';

/** What an undo would put back, and what it costs to keep; where no server can be asked, as it was recorded. */
export async function undoCheck(
  target: Target,
  reached: { server: Server; maintenance: Session } | undefined,
): Promise<Check> {
  const found = reached
    ? await findUndo(target, reached.server, reached.maintenance)
    : await recorded(target);
  if (!found) return ok('undo', 'nothing is kept');
  const what = found.backup === undefined ? 'the database' : 'the backup of what';
  const size = `${what} that a restore replaced is kept since ${dateInWords(found.since)}, ${sizeInWords(found.bytes)}`;
  return ok('undo', `${size}; let it go with: db-orchestrate prune --undo --target ${target.name}`);
}

async function recorded({ directory, name }: Target) {
  const record = await readUndoRecord(directory, name);
  return (
    record && { since: new Date(record.replacedAt), bytes: record.bytes, backup: record.inPlace?.backup }
  );
}
