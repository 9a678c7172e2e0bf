import type { Server, Session } from '../../contract/adapter.ts';
import type { RunContext } from '../../contract/run-context.ts';
import { incomingRun, undoTime } from '../../postgres/database-names.ts';
import { livingRuns, openMaintenance } from '../../postgres/maintenance.ts';
import { databaseNames } from '../../postgres/present.ts';
import { identifier } from '../../postgres/quote.ts';

/** Drops the databases that dead restores left. One whose run still holds its lock is let be. */
export async function sweepIncoming(session: Session, run: RunContext): Promise<void> {
  const living = await livingRuns(session);
  for (const name of await databaseNames(session)) {
    const id = incomingRun(name);
    if (id === undefined || living.has(id)) continue;
    if (await drop(session, name, run)) {
      run.emit({ type: 'notice', message: `cleared what an interrupted restore left: database ${name}` });
    }
  }
}

/** Drops what earlier restores kept of this database for undo, but for `kept`. */
export async function dropUndos(
  session: Session,
  database: string,
  run: RunContext,
  kept?: string,
): Promise<void> {
  // The restore itself has succeeded: what cannot be dropped now goes with the next one.
  const names = await databaseNames(session).catch(() => []);
  for (const name of names) if (name !== kept && undoTime(name, database)) await drop(session, name, run);
}

/** Drops one database through a session of its own; a failure is told as a warning, since another one led here. */
export async function dropDatabase(
  server: Server,
  beside: string,
  name: string,
  run: RunContext,
): Promise<void> {
  try {
    const session = await openMaintenance(server, beside);
    await drop(session, name, run);
    await session.close();
  } catch (error) {
    run.emit({
      type: 'warning',
      message: `database ${name} is still there; the next restore clears it: ${(error as Error).message}`,
    });
  }
}

async function drop(session: Session, name: string, run: RunContext): Promise<boolean> {
  try {
    await session.execute(`DROP DATABASE IF EXISTS ${identifier(name)} WITH (FORCE)`);
    return true;
  } catch (error) {
    run.emit({
      type: 'warning',
      message: `database ${name} could not be dropped: ${(error as Error).message}`,
    });
    return false;
  }
}
