import type { Server } from '../../contract/adapter.ts';
import type { RunContext } from '../../contract/run-context.ts';
import { askTransaction } from '../../pipeline/load-dump.ts';
import { isCommitted } from '../../postgres/committed.ts';
import { emptyDatabase, leftInDatabase } from '../../postgres/empty-database.ts';
import { withSession } from '../../postgres/with-session.ts';
import { loadFile } from '../load/load-file.ts';
import { accessText } from './apply-access.ts';
import type { RestorePlan } from './plan-restore.ts';

/**
 * Takes everything out of the live database and loads the file, in one transaction that is committed only after the
 * whole file was read and what came in was held against it. `remember` is told the transaction's id before that. A
 * failure or an interruption before the commit leaves the database as it was.
 */
export async function replaceInPlace(
  plan: RestorePlan,
  { owners }: { owners: boolean },
  server: Server,
  remember: (transaction: string) => Promise<void>,
  run: RunContext,
): Promise<void> {
  const { file, database } = plan;
  const kept = await withSession(server, database, session =>
    session.query<{ kind: string; name: string }>(leftInDatabase),
  );
  const ofKept = file.facts.inPlace.ofKept.filter(({ kind, name }) =>
    kept.some(one => one.kind === kind && one.name === name),
  );
  let transaction: string | undefined;
  try {
    await loadFile(file, database, server, run, {
      leaveOut: [...plan.instead, ...file.facts.inPlace.transactions, ...ofKept],
      before: `BEGIN;\n${askTransaction}${emptyDatabase}`,
      after: owners ? accessText(plan) : [],
      async finish(report) {
        run.signal.throwIfAborted();
        await remember(report.transaction!);
        transaction = report.transaction;
        return 'COMMIT;';
      },
    });
  } catch (error) {
    // The way to the server may be lost just after it has committed.
    const id = transaction;
    const committed = id && (await withSession(server, database, session => isCommitted(id, session)));
    if (!committed) throw error;
  }
  await analyze(server, database, run);
}

/** The restore itself has succeeded: without statistics queries are slower until autovacuum has come by. */
async function analyze(server: Server, database: string, run: RunContext): Promise<void> {
  try {
    await withSession(server, database, session => session.execute('ANALYZE'));
  } catch (error) {
    run.emit({ type: 'warning', message: `ANALYZE failed: ${(error as Error).message}` });
  }
}
