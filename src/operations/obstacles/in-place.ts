import type { Server, Session } from '../../contract/adapter.ts';
import type { DatabaseFacts } from '../../postgres/database-facts.ts';
import { literal } from '../../postgres/quote.ts';
import type { CheckedFile } from '../check-file.ts';
import type { Obstacle } from './obstacle.ts';

/** What would make a restore in place fail: `session` is in the database itself. */
export async function inPlaceObstacles(
  server: Server,
  live: DatabaseFacts | undefined,
  file: CheckedFile,
): Promise<Obstacle[]> {
  if (!live) {
    const what = 'there is no database to restore into, and this role may create none';
    return [{ what, remedy: 'Create it, or restore as a role that may: ALTER ROLE … CREATEDB;' }];
  }
  const session = await server.session(live.name);
  try {
    return [
      ...(await othersObjects(session)),
      ...(await whatIsInUse(session, live.name)),
      ...(await tooFewLocks(session, file)),
    ];
  } finally {
    await session.close();
  }
}

/** Only the owner of an object, or of its schema, may drop it. */
async function othersObjects(session: Session): Promise<Obstacle[]> {
  const beyond = (owner: string) => `NOT pg_has_role(${owner}, 'USAGE')`;
  const free = (catalog: string, oid: string) => `${oid} >= 16384 AND NOT EXISTS (
    SELECT FROM pg_depend d WHERE d.classid = '${catalog}'::regclass AND d.objid = ${oid} AND d.deptype IN ('e', 'i'))`;
  const found = await session.query<{ what: string }>(`
    SELECT format('%s %s of %s', kind, name, pg_get_userbyid(owner)) AS what FROM (
      SELECT 'schema' AS kind, nspname::text AS name, nspowner AS owner FROM pg_namespace
      WHERE ${free('pg_namespace', 'oid')} AND nspname NOT LIKE 'pg\\_%' AND ${beyond('nspowner')}
      UNION ALL SELECT 'relation', c.oid::regclass::text, relowner FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
      WHERE ${free('pg_class', 'c.oid')} AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
        AND ${beyond('relowner')} AND ${beyond('nspowner')}
      UNION ALL SELECT 'function', p.oid::regprocedure::text, proowner FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
      WHERE ${free('pg_proc', 'p.oid')} AND ${beyond('proowner')} AND ${beyond('nspowner')}
      UNION ALL SELECT 'large object', oid::text, lomowner FROM pg_largeobject_metadata WHERE ${beyond('lomowner')}
      UNION ALL SELECT 'event trigger', evtname, evtowner FROM pg_event_trigger
      WHERE ${free('pg_event_trigger', 'oid')} AND ${beyond('evtowner')}) AS o ORDER BY 1 LIMIT 6`);
  if (found.length === 0) return [];
  const shown = found.slice(0, 5).map(({ what }) => what);
  return [
    {
      what: `this role may not take out what belongs to others: ${shown.join(', ')}${found.length > 5 ? ' and more' : ''}`,
      remedy: 'Restore as a superuser or as their owner.',
    },
  ];
}

async function whatIsInUse(session: Session, database: string): Promise<Obstacle[]> {
  const found = await session.query<{ what: string; remedy: string }>(`
    SELECT format('subscription %s hangs on the database', subname) AS what,
      format('Drop it in that database: DROP SUBSCRIPTION %I;', subname) AS remedy
    FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid WHERE datname = ${literal(database)}
    UNION ALL SELECT format('prepared transaction %s may lock what would be replaced', gid),
      format('End it in that database: ROLLBACK PREPARED %L;', gid)
    FROM pg_prepared_xacts WHERE database = ${literal(database)}`);
  return found;
}

/** Measured: a server finds room for 1.6 times the locks that its settings promise. */
const roomFactor = 1.5;
/** Measured: what one statement that makes something locks, with row types, TOAST tables and their indexes. */
const locksOfOne = 2.5;

/** One transaction locks everything that it drops and makes. */
async function tooFewLocks(session: Session, { facts }: CheckedFile): Promise<Obstacle[]> {
  const [row] = await session.query<{ dropped: number; each: number; sessions: number }>(`
    SELECT (SELECT count(*) FROM (SELECT DISTINCT classid, objid FROM pg_depend WHERE objid >= 16384) AS o)
        + (SELECT count(*) FROM pg_largeobject_metadata) AS dropped,
      current_setting('max_locks_per_transaction')::int AS each,
      current_setting('max_connections')::int + current_setting('max_prepared_transactions')::int AS sessions`);
  const { dropped, each, sessions } = row!;
  const needed = Math.ceil(dropped + locksOfOne * facts.inPlace.makes);
  if (needed <= roomFactor * each * sessions) return [];
  const enough = Math.ceil(needed / sessions / 16) * 16;
  return [
    {
      what: `one transaction would hold about ${needed} locks, and the server has room for ${each * sessions}`,
      remedy: `Set max_locks_per_transaction to ${enough} and restart the server, or restore as a role that may create databases.`,
    },
  ];
}
