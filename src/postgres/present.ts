import type { Session } from '../contract/adapter.ts';

export async function currentUser(session: Session): Promise<string> {
  const [me] = await session.query<{ name: string }>('SELECT current_user AS name');
  return me!.name;
}

export async function missingRoles(session: Session, roles: readonly string[]): Promise<string[]> {
  return notIn(session, roles, 'SELECT rolname::text AS name FROM pg_roles');
}

export async function databaseNames(session: Session): Promise<string[]> {
  const rows = await session.query<{ name: string }>('SELECT datname AS name FROM pg_database');
  return rows.map(({ name }) => name);
}

/** Those of the names that the rows of a SELECT do not have as their `name`, once each. */
export async function notIn(session: Session, names: readonly string[], select: string): Promise<string[]> {
  if (names.length === 0) return [];
  const rows = await session.query<{ name: string }>(select);
  const present = new Set(rows.map(({ name }) => name));
  return [...new Set(names)].filter(name => !present.has(name));
}

/** Tells servers apart: a cluster keeps it from its initdb on. */
export async function systemIdentifier(session: Session): Promise<string> {
  const [row] = await session.query<{ id: string }>(
    'SELECT system_identifier::text AS id FROM pg_control_system()',
  );
  return row!.id;
}
