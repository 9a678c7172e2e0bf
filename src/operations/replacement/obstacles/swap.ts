import type { Session } from '../../../contract/adapter.ts';
import type { DatabaseFacts } from '../../../postgres/database-facts.ts';
import type { MayReplace } from '../../../postgres/may-replace.ts';
import { identifier, literal } from '../../../postgres/quote.ts';
import { sessionsIn } from '../../../postgres/swap.ts';
import { whatHangsOn } from './hanging.ts';
import type { Obstacle } from './obstacle.ts';

/**
 * What would make a swap fail or lose something. `live` is the database that would be replaced, if there is one;
 * `creates`: whether what takes its place has yet to be made.
 */
export async function swapObstacles(
  session: Session,
  live: DatabaseFacts | undefined,
  may: MayReplace,
  { creates }: { creates: boolean },
): Promise<Obstacle[]> {
  const rights = missingRights(live, may, creates);
  if (!live) return rights;
  return [
    ...rights,
    ...(await whatHangsOn(session, live.name, 'swap')),
    ...(await othersSessions(session, live.name)),
  ];
}

function missingRights(live: DatabaseFacts | undefined, may: MayReplace, creates: boolean): Obstacle[] {
  const found: Obstacle[] = [];
  if (!may.create) {
    const why = creates
      ? 'create databases, and a restore fills a new one before it replaces the old'
      : 'rename databases';
    found.push({
      what: `role ${may.role} may not ${why}`,
      remedy: `Allow it, as a superuser: ALTER ROLE ${identifier(may.role)} CREATEDB;`,
    });
  }
  if (live && !may.own) {
    found.push({
      what: `role ${may.role} does not own database ${live.name}; its owner is ${live.owner}`,
      remedy: `Make it a member, as a superuser: GRANT ${identifier(live.owner)} TO ${identifier(may.role)};`,
    });
  }
  if (live && !may.enterOther) {
    found.push({
      what: `role ${may.role} may enter no database but ${live.name}, and nobody can rename the one that he is in`,
      remedy: `Allow it, as a superuser: GRANT CONNECT ON DATABASE postgres TO ${identifier(may.role)};`,
    });
  }
  return found;
}

/** A database can be renamed only when nobody is in it. */
async function othersSessions(session: Session, database: string): Promise<Obstacle[]> {
  const oid = `(SELECT oid FROM pg_database WHERE datname = ${literal(database)})`;
  const found = await session.query<{ role: string; program: string }>(`
    SELECT DISTINCT role, program FROM (${sessionsIn(oid)}) s WHERE NOT may_end`);
  if (found.length === 0) return [];
  const who = found.map(({ role, program }) => (program === '' ? role : `${role} (${program})`));
  return [
    {
      what: `database ${database} is used by sessions that this role may not end: ${who.join(', ')}`,
      remedy: 'Close them and run the command again, or restore as a superuser.',
    },
  ];
}
