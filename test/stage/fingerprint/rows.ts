import { literal, rows } from '../client.ts';
import type { PgServer } from '../part.ts';

/**
 * One query a table and sequence. Partitions are looked at through their root: where a row of a hash
 * partition lies is not the same after a restore.
 */
export async function rowQueries(server: PgServer, database: string): Promise<string[]> {
  const relations = `SELECT format('%I.%I', n.nspname, c.relname) AS name, c.relkind AS kind
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'm', 'S') AND NOT c.relispartition AND c.relispopulated AND n.nspname !~ '^(pg_|information_schema$)'`;
  const found = await rows<{ name: string; kind: string }>(server, database, relations);
  return found.map(({ name, kind }) => {
    if (kind === 'S') {
      return `SELECT ${literal(`value of ${name}`)}, last_value || CASE WHEN is_called THEN ' called' ELSE '' END FROM ${name}`;
    }
    // The alias is a name that no column has: a column would win.
    const row = '" the row "';
    const digest = `count(*) || ' rows ' || coalesce(sum(hashtextextended(${row}::text, 0)::numeric), 0)`;
    return `SELECT ${literal(`rows of ${name}`)}, ${digest} FROM ${kind === 'p' ? '' : 'ONLY '}${name} AS ${row}`;
  });
}
