import type { Session } from '../../contract/adapter.ts';
import { type Check, ok, warning } from './check.ts';

/** pg_dump locks every table at once, and so may find the server's lock table full. */
export async function locksCheck(session: Session): Promise<Check> {
  const [row] = await session.query<{ tables: number; each: number; sessions: number }>(`
    SELECT (SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p') AND oid >= 16384)::int AS tables,
      current_setting('max_locks_per_transaction')::int AS each,
      current_setting('max_connections')::int + current_setting('max_prepared_transactions')::int AS sessions`);
  const { tables, each, sessions } = row!;
  const room = each * sessions;
  const what = `pg_dump locks ${tables} tables, and the server has room for ${room}`;
  if (tables <= room) return ok('locks', what);
  const enough = Math.ceil((1.2 * tables) / sessions / 16) * 16;
  return warning('locks', what, `Set max_locks_per_transaction to ${enough} and restart the server.`);
}
