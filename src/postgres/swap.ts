import { QueryFailure, type Server, type Session } from '../contract/adapter.ts';
import { identifier, literal } from './quote.ts';

export interface Swap {
  /** The database that people use, and its name afterwards too. */
  readonly live: string;
  /** The database that takes its place; it may be one that was kept, closed to connections. */
  readonly incoming: string;
  /** The name that the replaced one is kept under, closed to connections. */
  readonly kept: string;
}

const attempts = 5;
const objectInUse = '55006';

/**
 * Puts `incoming` in the place of `live` in one transaction. The rename's own lock makes new connections wait,
 * while a second session ends the old ones; nothing is committed before both have their new names, so a kill at
 * any moment leaves the old database live or the new one, never none. Rejects with the server's `QueryFailure`.
 */
export async function swapDatabases(
  server: Server,
  maintenance: Session,
  { live, incoming, kept }: Swap,
): Promise<void> {
  const ender = await server.session(await currentDatabase(maintenance));
  try {
    // By number, not by name: once the names have changed, those who connect to the new one must be let be.
    const [replaced] = await ender.query<{ oid: string }>(`
      SELECT oid::text FROM pg_database WHERE datname = ${literal(live)}`);
    for (let attempt = 1; ; attempt += 1) {
      const ending = endConnections(ender, replaced?.oid ?? '0');
      try {
        await maintenance.execute('BEGIN');
        await maintenance.execute(`ALTER DATABASE ${identifier(live)} RENAME TO ${identifier(kept)}`);
        await maintenance.execute(`ALTER DATABASE ${identifier(kept)} WITH ALLOW_CONNECTIONS false`);
        await maintenance.execute(`ALTER DATABASE ${identifier(incoming)} RENAME TO ${identifier(live)}`);
        await maintenance.execute(`ALTER DATABASE ${identifier(live)} WITH ALLOW_CONNECTIONS true`);
        await maintenance.execute('COMMIT');
        return;
      } catch (error) {
        await maintenance.execute('ROLLBACK');
        // RENAME itself waits five seconds for other sessions to go before it gives up.
        if (!(error instanceof QueryFailure && error.sqlState === objectInUse) || attempt === attempts)
          throw error;
      } finally {
        await ending.stop();
      }
    }
  } finally {
    await ender.close();
  }
}

/** Gives a database that nobody uses yet its name, where none of that name exists. */
export async function renameDatabase(session: Session, from: string, to: string): Promise<void> {
  await session.execute(`ALTER DATABASE ${identifier(from)} RENAME TO ${identifier(to)}`);
}

/** Ends all sessions in a database, again and again until stopped. A failure to end them is told by `stop`. */
function endConnections(session: Session, oid: string): { stop(): Promise<void> } {
  let stopped = false;
  const working = (async () => {
    while (!stopped) {
      await session.query(`
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datid = ${oid} AND pid <> pg_backend_pid()`);
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  })();
  working.catch(() => undefined);
  return {
    async stop() {
      stopped = true;
      await working;
    },
  };
}

async function currentDatabase(session: Session): Promise<string> {
  const [row] = await session.query<{ name: string }>('SELECT current_database() AS name');
  return row!.name;
}
