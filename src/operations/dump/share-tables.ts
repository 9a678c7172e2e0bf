import { ClientFailure, QueryFailure } from '../../contract/adapter.ts';
import type { RunContext } from '../../contract/run-context.ts';
import { type CopyTable, tablesToCopy } from '../../postgres/copy-plan.ts';
import { freeConnections } from '../../postgres/free-connections.ts';
import type { Snapshot } from '../../postgres/snapshot.ts';

/** How long a lock may be waited for: who waits before us has the same tables in mind, and waits for the one who holds them. */
const lockTimeout = 5_000; // milliseconds
export const waitForLocks = `--lock-wait-timeout=${lockTimeout}`;

/**
 * Has what is dumped read side by side, by so many workers, where that can be, and by one pg_dump where it cannot, or where
 * something came in the way that one alone might not meet.
 */
export async function inShares<Result>(
  snapshot: Snapshot,
  jobs: number,
  run: RunContext,
  sideBySide: (tables: readonly CopyTable[], workers: number) => Promise<Result>,
  alone: () => Promise<Result>,
): Promise<Result> {
  const { tables, workers } = await tablesToShare(snapshot, jobs, run);
  if (tables.length === 0) return alone();
  try {
    return await sideBySide(tables, workers);
  } catch (error) {
    if (run.signal.aborted || !isInTheWay(error)) throw error;
    run.emit({ type: 'detail', message: `one pg_dump does it all: ${error.message}` });
    return alone();
  }
}

/** What the pg_dump of all the rest is told. */
export function besideTables(tables: readonly CopyTable[]): string[] {
  return [waitForLocks, ...tables.map(({ name }) => `--exclude-table-data=${name}`)];
}

function isInTheWay(error: unknown): error is ClientFailure {
  return (
    error instanceof ClientFailure &&
    /lock timeout|snapshot|connection slots|too many (?:clients|connections)/.test(error.stderr)
  );
}

/**
 * The large tables, locked as pg_dump locks what it reads, and how many sessions may read them side by side. None where
 * one pg_dump has to do it alone: without a snapshot that others can see, with too few connections, or where somebody is
 * about to change a table.
 */
async function tablesToShare(
  snapshot: Snapshot,
  jobs: number,
  run: RunContext,
): Promise<{ tables: CopyTable[]; workers: number }> {
  const alone = (why: string) => {
    run.emit({ type: 'detail', message: `one pg_dump does it all: ${why}` });
    return { tables: [], workers: 1 };
  };
  if (snapshot.exported === undefined) return alone('the server exports no snapshot');
  const free = await freeConnections(snapshot.session);
  // One is for the pg_dump of the rest, and one for that of owners and grants.
  const workers = Math.min(jobs, free - 2);
  if (workers < 2) return alone(jobs === 1 ? 'as it was told' : `the server has ${free} connections left`);
  const tables = await lockedTables(snapshot);
  return tables ? { tables, workers } : alone('somebody is about to change a table');
}

/** Undefined where they cannot be locked; even asking for a table's size waits for its lock. */
async function lockedTables({ session, exclusion }: Snapshot): Promise<CopyTable[] | undefined> {
  await session.execute('SAVEPOINT unlocked');
  try {
    await session.execute(`SET LOCAL lock_timeout = ${lockTimeout}`);
    const leftOut = new Set(exclusion.leftOut.map(({ name }) => name));
    const tables = (await tablesToCopy(session)).filter(({ name }) => !leftOut.has(name));
    const names = tables.map(({ name }) => `ONLY ${name}`).join(', ');
    if (tables.length > 0) await session.execute(`LOCK TABLE ${names} IN ACCESS SHARE MODE`);
    return tables;
  } catch (error) {
    if (!(error instanceof QueryFailure)) throw error;
    // Whatever it is, pg_dump will say it, or not meet it.
    await session.execute('ROLLBACK TO unlocked');
    return undefined;
  }
}
