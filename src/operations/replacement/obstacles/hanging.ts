import type { Session } from '../../../contract/adapter.ts';
import { literal } from '../../../postgres/quote.ts';
import type { RestoreMode } from '../restore-aim.ts';
import type { Obstacle } from './obstacle.ts';

/**
 * What hangs on a database as a whole. Renaming it takes none of these along, or PostgreSQL refuses to rename it at all;
 * in place a logical slot stays, but subscriptions would be made a second time, and prepared transactions hold locks.
 */
export async function whatHangsOn(
  session: Session,
  database: string,
  mode: RestoreMode,
): Promise<Obstacle[]> {
  const name = literal(database);
  const found = await session.query<{ what: string; hint: string }>(`
    SELECT format('logical replication slot %s', slot_name) AS what,
      format('Drop it when nothing reads from it: SELECT pg_drop_replication_slot(%L);', slot_name) AS hint
    FROM pg_replication_slots WHERE database = ${name} AND ${mode === 'swap'}
    UNION ALL
    SELECT format('subscription %s', subname), format('Drop it in that database: DROP SUBSCRIPTION %I;', subname)
    FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid WHERE datname = ${name}
    UNION ALL
    SELECT format('prepared transaction %s', gid), format('End it in that database: ROLLBACK PREPARED %L;', gid)
    FROM pg_prepared_xacts WHERE database = ${name}`);
  if (found.length === 0) return [];
  return [
    {
      what: `database ${database} cannot be replaced because of: ${found.map(({ what }) => what).join(', ')}`,
      remedy: found.map(({ hint }) => hint).join(' '),
    },
  ];
}
