import type { Session } from '../../../contract/adapter.ts';
import type { MayReplace } from '../../../postgres/may-replace.ts';
import { missingRoles, notIn } from '../../../postgres/present.ts';
import { identifier } from '../../../postgres/quote.ts';
import type { CheckedFile } from '../../file/check-file.ts';
import type { Obstacle } from './obstacle.ts';

/** Only a member of a role, or a superuser, may make things that role's own. */
export async function ownersOutOfReach(
  session: Session,
  file: CheckedFile,
  { role: me }: MayReplace,
): Promise<Obstacle[]> {
  const owners = file.facts.access.flatMap(({ text, roles }) =>
    text.toString('latin1', 0, 6) === 'ALTER ' ? roles.slice(0, 1) : [],
  );
  const reach = "SELECT rolname::text AS name FROM pg_roles WHERE pg_has_role(oid, 'MEMBER')";
  const missing = await missingRoles(session, owners);
  const beyond = (await notIn(session, owners, reach)).filter(
    // Whoever owns a database is its member there.
    role => role !== 'pg_database_owner' && !missing.includes(role),
  );
  if (beyond.length === 0) return [];
  const grants = beyond.map(role => `GRANT ${identifier(role)} TO ${identifier(me)};`);
  return [
    {
      what: `the backup gives things to roles that ${me} is no member of: ${beyond.join(', ')}`,
      remedy: `Make it one, as a superuser: ${grants.join(' ')} Or leave owners and grants out with --no-owners.`,
    },
  ];
}
