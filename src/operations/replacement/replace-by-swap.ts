import type { Server, Session } from '../../contract/adapter.ts';
import type { RunContext } from '../../contract/run-context.ts';
import { incomingName } from '../../postgres/database-names.ts';
import { freeUndoName } from '../../postgres/kept-databases.ts';
import { renameDatabase, swapDatabases } from '../../postgres/swap.ts';
import { startTimescaleJobs } from '../load/with-timescaledb.ts';
import { dropDatabase, dropUndos } from './clear-databases.ts';
import { fillDatabase } from './fill-database.ts';
import type { RestorePlan } from './plan-restore.ts';

/**
 * Fills a new database beside the live one and swaps them when it is whole. Returns the name that the replaced one is
 * kept under; null when there was none. A failure before the swap leaves the live database untouched.
 */
export async function replaceBySwap(
  plan: RestorePlan,
  { owners, jobs }: { owners: boolean; jobs: number },
  server: Server,
  maintenance: Session,
  run: RunContext,
): Promise<string | null> {
  const incoming = incomingName(plan.database, run.id);
  const hasTimescale = plan.file.facts.extensions.includes('timescaledb');
  try {
    await fillDatabase(incoming, plan, { owners, jobs }, server, maintenance, run);
    run.signal.throwIfAborted();
    if (!plan.live) {
      await renameDatabase(maintenance, incoming, plan.database);
      if (hasTimescale) await startTimescaleJobs(plan.database, server, run);
      return null;
    }
    const kept = await freeUndoName(maintenance, plan.database, run.now());
    await swapDatabases(server, maintenance, { live: plan.database, incoming, kept });
    if (hasTimescale) await startTimescaleJobs(plan.database, server, run);
    await dropUndos(maintenance, plan.database, run, kept);
    return kept;
  } catch (error) {
    // Not through `maintenance`: an interruption has ended its session.
    await dropDatabase(server, plan.database, incoming, run);
    throw error;
  }
}
