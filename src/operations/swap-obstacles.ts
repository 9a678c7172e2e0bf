import type { Session } from '../contract/adapter.ts';
import type { DatabaseFacts } from '../postgres/database-facts.ts';
import { identifier, literal } from '../postgres/quote.ts';
import { sessionsIn } from '../postgres/swap.ts';
import { cannotRestore } from './restore-failure.ts';

/**
 * Finds what would make a swap fail or lose something. `live` is the database that would be replaced, if there is one.
 * Rejects with `restore-failed`, saying what to do.
 */
export async function refuseSwapObstacles(
  session: Session,
  live: DatabaseFacts | undefined,
  { creates }: { creates: boolean },
): Promise<void> {
  await refuseMissingRights(session, live, creates);
  if (!live) return;
  await refuseWhatCannotFollow(session, live.name);
  await refuseOthersSessions(session, live.name);
}

async function refuseMissingRights(
  session: Session,
  live: DatabaseFacts | undefined,
  creates: boolean,
): Promise<void> {
  const [role] = await session.query<{ name: string; create: boolean; owns: boolean }>(`
    SELECT current_user AS name, rolcreatedb OR rolsuper AS create,
      ${live ? `pg_has_role(${literal(live.owner)}, 'USAGE')` : 'true'} AS owns
    FROM pg_roles WHERE rolname = current_user`);
  const { name, create, owns } = role!;
  if (!create) {
    const why = creates
      ? 'create databases, and a restore fills a new one before it replaces the old'
      : 'rename databases';
    throw cannotRestore(
      `role ${name} may not ${why}`,
      `Allow it, as a superuser: ALTER ROLE ${identifier(name)} CREATEDB;`,
    );
  }
  if (!owns) {
    throw cannotRestore(
      `role ${name} does not own database ${live!.name}; its owner is ${live!.owner}`,
      `Make it a member, as a superuser: GRANT ${identifier(live!.owner)} TO ${identifier(name)};`,
    );
  }
}

/** Renaming a database does not take these along, or PostgreSQL refuses to rename it at all. */
async function refuseWhatCannotFollow(session: Session, database: string): Promise<void> {
  const name = literal(database);
  const found = await session.query<{ what: string; hint: string }>(`
    SELECT format('logical replication slot %s', slot_name) AS what,
      format('Drop it when nothing reads from it: SELECT pg_drop_replication_slot(%L);', slot_name) AS hint
    FROM pg_replication_slots WHERE database = ${name}
    UNION ALL
    SELECT format('subscription %s', subname), format('Drop it in that database: DROP SUBSCRIPTION %I;', subname)
    FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid WHERE datname = ${name}
    UNION ALL
    SELECT format('prepared transaction %s', gid), format('End it in that database: ROLLBACK PREPARED %L;', gid)
    FROM pg_prepared_xacts WHERE database = ${name}`);
  if (found.length === 0) return;
  throw cannotRestore(
    `database ${database} cannot be replaced because of: ${found.map(({ what }) => what).join(', ')}`,
    found.map(({ hint }) => hint).join(' '),
  );
}

/** A database can be renamed only when nobody is in it. */
async function refuseOthersSessions(session: Session, database: string): Promise<void> {
  const oid = `(SELECT oid FROM pg_database WHERE datname = ${literal(database)})`;
  const found = await session.query<{ role: string; program: string }>(`
    SELECT DISTINCT role, program FROM (${sessionsIn(oid)}) s WHERE NOT may_end`);
  if (found.length === 0) return;
  const who = found.map(({ role, program }) => (program === '' ? role : `${role} (${program})`));
  throw cannotRestore(
    `database ${database} is used by sessions that this role may not end: ${who.join(', ')}`,
    'Close them and run the command again, or restore as a superuser.',
  );
}
