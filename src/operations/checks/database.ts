import type { Target } from '../../config/config.ts';
import type { Server } from '../../contract/adapter.ts';
import type { RunContext } from '../../contract/run-context.ts';
import { databaseFacts } from '../../postgres/database-facts.ts';
import { lockDatabase, openMaintenance } from '../../postgres/maintenance.ts';
import { mayReplace } from '../../postgres/may-replace.ts';
import { withSession } from '../../postgres/with-session.ts';
import { sizeInWords } from '../../report/words.ts';
import { asWarning, type Check, looked, ok } from './check.ts';
import { locksCheck } from './locks.ts';
import { readingRights } from './reading-rights.ts';
import { restoringChecks } from './restoring.ts';
import { told } from './told.ts';

/** Asks one database of a server what a backup and a restore of it would have to know. */
export async function askDatabase(
  server: Server,
  database: string,
  target: Target,
  run: RunContext,
): Promise<readonly Check[]> {
  const maintenance = await openMaintenance(server, database, database);
  try {
    const live = await databaseFacts(maintenance, database);
    const enter = async () => {
      await withSession(server, database, async () => undefined);
      return ok('database', live ? `${database}, ${sizeInWords(live.bytes)}, owner ${live.owner}` : database);
    };
    const read = () =>
      withSession(server, database, session => readingRights(server, session, target.exclude));
    const lock = async () => {
      await lockDatabase(maintenance, database, 'shared', run);
      return ok('lock', 'no other run changes the database');
    };
    const may = await mayReplace(maintenance, database);
    return [
      await looked('database', () => told(enter)),
      await looked('reads all', () => told(read)),
      await looked('locks', () => told(() => withSession(server, database, locksCheck))),
      await looked('lock', () => told(lock)),
      live
        ? await looked(
            'restore',
            () => told(() => restoringChecks(server, maintenance, live, may)),
            asWarning,
          )
        : [],
    ].flat();
  } finally {
    await maintenance.close();
  }
}
