import { basename } from 'node:path';
import type { Target } from '../config/config.ts';
import type { Session } from '../contract/adapter.ts';
import type { RunContext } from '../contract/run-context.ts';
import { systemIdentifier } from '../postgres/present.ts';
import { removeUndoRecord, writeUndoRecord } from '../store/undo-record.ts';
import type { RestorePlan } from './plan-restore.ts';

/** The restore has succeeded, and the server itself knows the kept database: a record that fails is a warning. */
export async function rememberSwap(
  target: Target,
  { database, live }: Pick<RestorePlan, 'database' | 'live'>,
  kept: string | null,
  run: RunContext,
): Promise<void> {
  const { directory, name } = target;
  try {
    if (kept === null) return await removeUndoRecord(directory, name);
    const replacedAt = run.now().toISOString();
    const record = { format: 1 as const, database, replacedAt, bytes: live?.bytes ?? null, kept };
    await writeUndoRecord(directory, name, record, run.id);
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
  { database, live }: RestorePlan,
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
  const replacedAt = run.now().toISOString();
  const record = { format: 1 as const, database, replacedAt, bytes: live?.bytes ?? null, inPlace };
  await writeUndoRecord(directory, name, record, run.id);
}
