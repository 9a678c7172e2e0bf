import type { ServerIdentity, Session } from '../contract/adapter.ts';

/** Asks a server which one it is. Any role may. */
export async function serverIdentity(session: Session): Promise<ServerIdentity> {
  const [row] = await session.query<{ system: string; started: string }>(
    `SELECT (SELECT system_identifier::text FROM pg_control_system()) AS system,
      extract(epoch FROM pg_postmaster_start_time())::text AS started`,
  );
  return row!;
}

/** A replica has the system identifier of its source, but not the moment of its start. */
export function isSameServer(one: ServerIdentity, other: ServerIdentity): boolean {
  return one.system === other.system && one.started === other.started;
}
