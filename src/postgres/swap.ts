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
        // The way to the server may be lost just after it has committed.
        if (await isSwapped(ender, live, replaced?.oid)) return;
        await maintenance.execute('ROLLBACK');
        // RENAME itself waits five seconds for other sessions to go before it gives up.
        if (!(error instanceof QueryFailure && error.sqlState === objectInUse) || attempt === attempts)
          throw error;
      } finally {
        ending.stop();
      }
    }
  } finally {
    await ender.close();
  }
}

/** Gives a database that nobody uses, and that may be closed to connections, its name, where none of that name exists. */
export async function renameDatabase(session: Session, from: string, to: string): Promise<void> {
  await session.execute(`ALTER DATABASE ${identifier(from)} WITH ALLOW_CONNECTIONS true`);
  await session.execute(`ALTER DATABASE ${identifier(from)} RENAME TO ${identifier(to)}`);
}

/**
 * Ends the sessions in a database, again and again until stopped. It only helps the rename, whose own outcome counts:
 * a session that could not be ended makes it fail.
 */
function endConnections(session: Session, oid: string): { stop(): void } {
  let stopped = false;
  const work = async () => {
    while (!stopped) {
      await session.query(`SELECT pg_terminate_backend(pid) FROM (${sessionsIn(oid)}) s WHERE may_end`);
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  };
  work().catch(() => undefined);
  return {
    stop() {
      stopped = true;
    },
  };
}

/** SQL: who has a session in the database of that number, and whether this role may end it. Autovacuum makes way by itself. */
export function sessionsIn(oid: string): string {
  return `
    SELECT pid, usename::text AS role, application_name AS program, me.rolsuper
      OR NOT they.rolsuper AND (pg_has_role(usesysid, 'USAGE') OR pg_has_role('pg_signal_backend', 'USAGE')) AS may_end
    FROM pg_stat_activity JOIN pg_roles they ON they.oid = usesysid JOIN pg_roles me ON me.rolname = current_user
    WHERE datid = ${oid} AND pid <> pg_backend_pid()`;
}

async function isSwapped(session: Session, live: string, replaced: string | undefined): Promise<boolean> {
  const rows = await session
    .query<{ oid: string }>(`SELECT oid::text FROM pg_database WHERE datname = ${literal(live)}`)
    .catch(() => []);
  return rows[0] !== undefined && rows[0].oid !== replaced;
}

async function currentDatabase(session: Session): Promise<string> {
  const [row] = await session.query<{ name: string }>('SELECT current_database() AS name');
  return row!.name;
}
