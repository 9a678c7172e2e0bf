import type { Server, Session } from '../../contract/adapter.ts';
import { withSession } from '../../postgres/with-session.ts';
import { quickSettings } from './quick-settings.ts';

/** What ANALYZE of a whole database does, by several sessions, the largest tables first. */
export async function analyzeTables(server: Server, database: string, jobs: number): Promise<void> {
  if (jobs === 1)
    return withSession(server, database, async session => {
      await session.execute(quickSettings(jobs));
      await session.execute('ANALYZE');
    });
  await withSession(server, database, async first => {
    const waiting = await first.query<{ name: string }>(tables);
    const work = async (session: Session) => {
      await session.execute(quickSettings(jobs));
      for (let table = waiting.shift(); table; table = waiting.shift())
        await session.execute(`ANALYZE ${table.name}`);
    };
    const others = Array.from({ length: Math.min(jobs, waiting.length) - 1 }, () =>
      withSession(server, database, work),
    );
    const all = await Promise.allSettled([work(first), ...others]);
    for (const one of all) if (one.status === 'rejected') throw one.reason;
  });
}

/** A partitioned table brings its partitions with it. */
const tables = `
  SELECT quote_ident(nspname) || '.' || quote_ident(relname) AS name
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE relkind IN ('r', 'm', 'p') AND NOT relispartition AND relpersistence <> 't'
  ORDER BY relkind = 'p' DESC, pg_relation_size(c.oid) DESC`;
