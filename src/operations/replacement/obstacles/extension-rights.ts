import type { Server, Session } from '../../../contract/adapter.ts';
import { leftInDatabase } from '../../../postgres/empty-database.ts';
import type { MayReplace } from '../../../postgres/may-replace.ts';
import { withSession } from '../../../postgres/with-session.ts';
import type { Obstacle, WithExtensions } from './obstacle.ts';

/** Extensions that are not trusted are a superuser's to create. `inPlace`: the database whose contents are replaced. */
export async function extensionRights(
  server: Server,
  session: Session,
  { facts }: WithExtensions,
  may: MayReplace,
  inPlace: string | undefined,
): Promise<Obstacle[]> {
  if (may.superuser || facts.extensions.length === 0) return [];
  const stay = inPlace === undefined ? [] : await withSession(server, inPlace, extensionsThatStay);
  const missing = facts.extensions.filter(name => !stay.includes(name));
  const beyond = await session.query<{ name: string }>(`
    SELECT name FROM pg_available_extensions e JOIN pg_available_extension_versions v USING (name)
    WHERE v.version = e.default_version AND v.superuser AND NOT v.trusted AND NOT EXISTS (
      SELECT FROM pg_roles r WHERE pg_has_role(r.oid, 'MEMBER')
        AND r.rolname IN (${managed.map(name => `'${name}'`).join(', ')}))`);
  const found = beyond.map(({ name }) => name).filter(name => missing.includes(name));
  if (found.length === 0) return [];
  return [
    {
      what: `only a superuser may create extensions that the backup needs: ${found.join(', ')}`,
      remedy: 'Restore as a superuser.',
    },
  ];
}

/** Managed servers let these create what they offer. */
const managed = ['rds_superuser', 'cloudsqlsuperuser', 'azure_pg_admin', 'supabase_admin', 'neon_superuser'];

async function extensionsThatStay(session: Session): Promise<string[]> {
  const rows = await session.query<{ name: string }>(
    `SELECT name FROM (${leftInDatabase}) AS o WHERE kind = 'extension'`,
  );
  return rows.map(({ name }) => name);
}
