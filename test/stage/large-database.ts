import { execute } from './client.ts';
import { createDatabase } from './databases.ts';
import type { PgServer } from './part.ts';

const bytesPerRow = 241;

/**
 * A database whose plain dump is about `megabytes` long, dropped after the file. Three tables, one of them
 * with 70 % of it, of text that compresses about as well as real rows.
 */
export async function createLargeDatabase(server: PgServer, megabytes: number): Promise<string> {
  const database = await createDatabase(server);
  const rows = Math.round((megabytes * 1_000_000) / bytesPerRow);
  const share = { events: 0.7, orders: 0.2, people: 0.1 };
  const tables = Object.entries(share).map(
    ([table, part]) => `
      CREATE TABLE ${table} (id bigint, at timestamptz, amount numeric(12, 2), email text, body text, tags text[], data jsonb);
      INSERT INTO ${table}
      SELECT n, '2020-01-01'::timestamptz + n * interval '37 s', (n * 7919 % 1000000) / 100.0, 'user' || n % 5000 || '@example.org',
             'Order ' || n || E' was\\tshipped\\nto ' || md5(n::text) || ' by ' || (ARRAY['ship', 'lorry', 'bicycle'])[1 + n % 3] || repeat(' and on', (n % 5)::int),
             ARRAY['a' || n % 17, NULL, 'b,c'], jsonb_build_object('k', n % 1000, 'hash', md5((n * 31)::text), 'note', 'of no importance')
      FROM generate_series(1, ${Math.round(rows * part)}::bigint) n;
      ALTER TABLE ${table} ADD PRIMARY KEY (id);
      CREATE INDEX ON ${table} (email);`,
  );
  await execute(server, database, `${tables.join('\n')}\nANALYZE;`);
  return database;
}
