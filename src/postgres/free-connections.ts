import type { Session } from '../contract/adapter.ts';

/** How many more connections this role can open and still leave some to others; none when there are too few. */
export async function freeConnections(session: Session): Promise<number> {
  // pg_stat_activity tells a role that may not see all of it no more than this of others' sessions.
  const [row] = await session.query<{ free: number }>(`
    SELECT greatest(0, least(
      current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
        - coalesce(current_setting('reserved_connections', true)::int, 0)
        - (SELECT count(*) FROM pg_stat_activity WHERE datid IS NOT NULL) - ${leftToOthers},
      CASE WHEN rolconnlimit >= 0 AND NOT rolsuper
        THEN rolconnlimit - (SELECT count(*) FROM pg_stat_activity WHERE usesysid = r.oid) END))::int AS free
    FROM pg_roles r WHERE rolname = session_user`);
  return row?.free ?? 0;
}

const leftToOthers = 3;
