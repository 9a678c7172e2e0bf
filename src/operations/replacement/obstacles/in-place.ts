import type { Server, Session } from '../../../contract/adapter.ts';
import type { DatabaseFacts } from '../../../postgres/database-facts.ts';
import { withSession } from '../../../postgres/with-session.ts';
import { whatHangsOn } from './hanging.ts';
import type { Obstacle } from './obstacle.ts';

/** What would make a restore in place fail. `makes`: as many objects as the file makes. */
export async function inPlaceObstacles(
  server: Server,
  live: DatabaseFacts | undefined,
  makes: number,
): Promise<Obstacle[]> {
  if (!live) {
    const what = 'there is no database whose contents could be replaced in place';
    return [{ what, remedy: 'Restore the backup without --mode in-place, which makes the database.' }];
  }
  return withSession(server, live.name, async session => [
    ...(await othersObjects(session)),
    ...(await whatHangsOn(session, live.name, 'in-place')),
    ...(await tooFewLocks(session, makes)),
  ]);
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

/** Measured: a server finds room for 1.6 times the locks that its settings promise. */
const roomFactor = 1.5;
/** Measured: what one statement that makes something locks, with row types, TOAST tables and their indexes. */
const locksOfOne = 2.5;

/** One transaction locks everything that it drops and makes. */
async function tooFewLocks(session: Session, makes: number): Promise<Obstacle[]> {
  const [row] = await session.query<{ dropped: number; each: number; sessions: number }>(`
    SELECT (SELECT count(*) FROM (SELECT DISTINCT classid, objid FROM pg_depend WHERE objid >= 16384) AS o)
        + (SELECT count(*) FROM pg_largeobject_metadata) AS dropped,
      current_setting('max_locks_per_transaction')::int AS each,
      current_setting('max_connections')::int + current_setting('max_prepared_transactions')::int AS sessions`);
  const { dropped, each, sessions } = row!;
  const needed = Math.ceil(dropped + locksOfOne * makes);
  if (needed <= roomFactor * each * sessions) return [];
  const enough = Math.ceil(needed / sessions / 16) * 16;
  return [
    {
      what: `one transaction would hold about ${needed} locks, and the server has room for ${each * sessions}`,
      remedy: `Set max_locks_per_transaction to ${enough} and restart the server, or restore as a role that may create databases.`,
    },
  ];
}
