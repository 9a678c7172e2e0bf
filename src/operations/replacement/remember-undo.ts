import { basename } from 'node:path';
import type { Target } from '../../config/config.ts';
import type { Session } from '../../contract/adapter.ts';
import type { RunContext } from '../../contract/run-context.ts';
import { systemIdentifier } from '../../postgres/present.ts';
import { removeUndoRecord, type UndoRecord, writeUndoRecord } from '../../store/undo-record.ts';
import type { RestorePlan } from './plan-restore.ts';

type Replaced = Pick<RestorePlan, 'database' | 'live'>;

/** The restore has succeeded, and the server itself knows the kept database: a record that fails is a warning. */
export async function rememberSwap(
  target: Target,
  replaced: Replaced,
  kept: string | null,
  run: RunContext,
): Promise<void> {
  const { directory, name } = target;
  try {
    if (kept === null) return await removeUndoRecord(directory, name);
    await writeUndoRecord(directory, name, { ...recordOf(replaced, run), kept }, run.id);
  } catch (error) {
    run.emit({ type: 'warning', message: `list will not tell of ${kept}: ${(error as Error).message}` });
  }
}

/**
 * Written before the commit, with the transaction that it is: whether that was committed, the server can be asked, so a
 * kill at any moment leaves no wrong record.
 */
export async function rememberInPlace(
  target: Target,
  replaced: Replaced,
  backup: string,
  transaction: string,
  session: Session,
  run: RunContext,
): Promise<void> {
  const { directory, name } = target;
  const inPlace = {
    backup: basename(backup),
    transaction,
    systemIdentifier: await systemIdentifier(session),
  };
  await writeUndoRecord(directory, name, { ...recordOf(replaced, run), inPlace }, run.id);
}

function recordOf({ database, live }: Replaced, run: RunContext): UndoRecord {
  return { format: 1, database, replacedAt: run.now().toISOString(), bytes: live?.bytes ?? null };
}
