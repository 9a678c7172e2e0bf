import type { Manifest } from '../../catalog/manifest.ts';
import type { Session } from '../../contract/adapter.ts';
import type { DatabaseFacts } from '../../postgres/database-facts.ts';
import { currentUser, missingRoles, notIn } from '../../postgres/present.ts';

/** The manifest's facts as far as this server can follow them, and the roles that they name. */
export async function usableFacts(
  session: Session,
  manifest: Manifest | undefined,
): Promise<{ facts: DatabaseFacts; roles: string[]; warnings: string[] } | undefined> {
  if (!manifest) return undefined;
  const { database } = manifest;
  const named = [
    database.owner,
    ...(database.privileges ?? []).map(({ grantee }) => grantee),
    ...database.settings.map(({ role }) => role),
  ];
  const roles = named.filter(role => role !== null);
  const missing = new Set<string | null>(await missingRoles(session, roles));
  const spaces = 'SELECT spcname::text AS name FROM pg_tablespace';
  const elsewhere = (await notIn(session, [database.tablespace], spaces)).length > 0;
  const facts = {
    ...database,
    owner: missing.has(database.owner) ? await currentUser(session) : database.owner,
    privileges: database.privileges?.filter(({ grantee }) => !missing.has(grantee)) ?? null,
    settings: database.settings.filter(({ role }) => !missing.has(role)),
    tablespace: elsewhere ? 'pg_default' : database.tablespace,
  };
  const warnings = elsewhere
    ? [`there is no tablespace ${database.tablespace} here; the database goes to the default one`]
    : [];
  return { facts, roles, warnings };
}
