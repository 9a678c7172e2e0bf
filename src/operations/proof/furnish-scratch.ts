import type { Session } from '../../contract/adapter.ts';
import { namePattern, unquote } from '../../postgres/dump-text/names.ts';
import { missingRoles, notIn } from '../../postgres/present.ts';
import { identifier } from '../../postgres/quote.ts';
import type { CheckedFile } from '../file/check-file.ts';

/** Makes the roles and tablespaces that a dump names on a server that has nothing yet. */
export async function furnishScratch({ facts, manifest }: CheckedFile, session: Session): Promise<void> {
  const privileged = new Set(facts.access.flatMap(({ text }) => privilegedOwner(text)));
  for (const role of await missingRoles(session, rolesOf(facts, manifest))) {
    await session.execute(`CREATE ROLE ${identifier(role)}${privileged.has(role) ? ' SUPERUSER' : ''}`);
  }
  const spaces = facts.tablespaces.map(({ name }) => name);
  if (manifest) spaces.push(manifest.database.tablespace);
  const missing = await notIn(session, spaces, 'SELECT spcname::text AS name FROM pg_tablespace');
  if (missing.length > 0) await session.execute('SET allow_in_place_tablespaces = on');
  for (const space of missing) await session.execute(`CREATE TABLESPACE ${identifier(space)} LOCATION ''`);
}

function rolesOf(facts: CheckedFile['facts'], manifest: CheckedFile['manifest']): string[] {
  const { owner, privileges, settings } = manifest?.database ?? {};
  const ofDatabase = [
    owner,
    ...(privileges ?? []).map(one => one.grantee),
    ...(settings ?? []).map(one => one.role),
  ];
  return [
    ...facts.roles,
    ...facts.access.flatMap(({ roles }) => roles),
    ...(manifest?.roles ?? []),
    ...ofDatabase.filter(role => role !== null && role !== undefined),
  ];
}

/** Of what only a superuser may own. Not everybody is one: what a superuser grants, it grants as the owner. */
function privilegedOwner(statement: Buffer): string[] {
  const owner = superusersOnly.exec(statement.toString('latin1'))?.[1];
  return owner === undefined ? [] : [unquote(owner)];
}

const superusersOnly = new RegExp(
  `^ALTER (?:FOREIGN DATA WRAPPER|EVENT TRIGGER|PUBLICATION|SUBSCRIPTION) ${namePattern} OWNER TO (${namePattern});`,
);
