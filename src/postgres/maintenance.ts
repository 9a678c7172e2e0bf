import { crc32 } from 'node:zlib';
import type { Server, Session } from '../contract/adapter.ts';
import type { RunContext } from '../contract/run-context.ts';
import { OrchestrateError } from '../errors.ts';

/** First halves of the advisory locks' keys: "dbo" and a letter for what the second half names. */
const lockClass = { run: 0x64626f72, database: 0x64626f64 };

/**
 * Opens the session that a run holds for its lifetime, where all runs on `database` meet, since advisory locks are
 * per database. Never in that one itself, which cannot be renamed from within, unless it is the `lastResort`.
 */
export async function openMaintenance(
  server: Server,
  database: string,
  lastResort?: string,
): Promise<Session> {
  const candidates = ['postgres', 'template1'].filter(candidate => candidate !== database);
  if (lastResort !== undefined) candidates.push(lastResort);
  let first: unknown;
  for (const candidate of candidates) {
    try {
      return await server.session(candidate);
    } catch (error) {
      first ??= error;
    }
  }
  throw first;
}

/**
 * Takes the locks of a run: one that proves that it lives, and one on the database it works on, `exclusive` for
 * what changes it. Rejects with `locked`, naming the run that holds it.
 */
export async function lockDatabase(
  session: Session,
  database: string,
  mode: 'shared' | 'exclusive',
  run: RunContext,
): Promise<void> {
  await session.execute(`SELECT pg_advisory_lock(${lockClass.run}, ${runKey(run.id)})`);
  const key = `${lockClass.database}, ${crc32(database) | 0}`;
  const attempt = mode === 'shared' ? 'pg_try_advisory_lock_shared' : 'pg_try_advisory_lock';
  const [row] = await session.query<{ taken: boolean }>(`SELECT ${attempt}(${key}) AS taken`);
  if (row!.taken) return;
  const holders = await session.query<{ name: string; since: string }>(`
    SELECT a.application_name AS name, to_char(a.backend_start, 'YYYY-MM-DD HH24:MI:SS TZ') AS since
    FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE l.locktype = 'advisory' AND l.granted AND l.pid <> pg_backend_pid()
      AND l.classid = ${lockClass.database} AND l.objid = (${crc32(database)})::bigint::text::oid
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`);
  const who =
    holders.map(({ name, since }) => `${name} since ${since}`).join(', ') || 'a run that has just ended';
  throw new OrchestrateError('locked', `another run works on database ${JSON.stringify(database)}: ${who}`, {
    hint: 'Wait until it has ended, then run the command again.',
  });
}

/** Ids of the runs that live, as far as this server knows them. */
export async function livingRuns(session: Session): Promise<Set<string>> {
  const rows = await session.query<{ id: string }>(`
    SELECT to_hex(objid::bigint) AS id FROM pg_locks WHERE locktype = 'advisory' AND classid = ${lockClass.run}`);
  return new Set(rows.map(({ id }) => id.padStart(8, '0')));
}

/** A run's id as a signed 32-bit integer, which is what an advisory lock's key can hold. */
function runKey(id: string): number {
  return Number.parseInt(id, 16) | 0;
}
