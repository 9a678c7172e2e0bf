import { execute } from './client.ts';
import { accessQueries } from './fingerprint/access.ts';
import { databaseQueries } from './fingerprint/database.ts';
import { programQueries } from './fingerprint/programs.ts';
import { relationQueries } from './fingerprint/relations.ts';
import { rowQueries } from './fingerprint/rows.ts';
import { typeQueries } from './fingerprint/types.ts';
import type { PgServer } from './part.ts';

/** All that a database holds: what is looked at → how it is. The database's own name is not part of it. */
export type Fingerprint = ReadonlyMap<string, string>;

/**
 * Reads everything of a database that a restore has to bring back, straight from the catalogs: objects with
 * their definitions, owners, privileges and comments, rows as multisets, sequences, large objects, and the
 * database's own properties. Shares nothing with the code under test.
 */
export async function fingerprint(server: PgServer, database: string): Promise<Fingerprint> {
  const catalogs = [
    ...relationQueries,
    ...typeQueries,
    ...programQueries,
    ...accessQueries,
    ...databaseQueries,
  ];
  const entries = await ask(server, database, catalogs);
  entries.push(...(await ask(server, database, await rowQueries(server, database))));
  return new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What differs, one readable line each; empty when nothing does. `ignore` drops entries by their key. */
export function differences(before: Fingerprint, after: Fingerprint, ignore?: RegExp): string[] {
  const keys = [...new Set([...before.keys(), ...after.keys()])].filter(key => !ignore?.test(key)).sort();
  return keys.flatMap(key => {
    const [was, is] = [before.get(key), after.get(key)];
    if (was === is) return [];
    if (is === undefined) return [`gone: ${key} (${was})`];
    if (was === undefined) return [`new: ${key} (${is})`];
    return [`changed: ${key}: ${was} → ${is}`];
  });
}

const session = `
  SET search_path = ''; SET row_security = off; SET timezone = 'UTC'; SET datestyle = 'ISO, YMD';
  SET intervalstyle = postgres; SET bytea_output = hex; SET extra_float_digits = 1; SET lc_monetary = 'C';
  SET statement_timeout = 0; SET jit = off;
`;

async function ask(
  server: PgServer,
  database: string,
  queries: readonly string[],
): Promise<[string, string][]> {
  if (queries.length === 0) return [];
  const all = queries
    .map(query => `SELECT k::text, v::text FROM (${query}) AS q (k, v)`)
    .join('\nUNION ALL\n');
  const text = await execute(
    server,
    database,
    `${session} SELECT coalesce(json_agg(json_build_array(k, coalesce(v, 'none'))), '[]') FROM (${all}) AS a;`,
  );
  const entries = JSON.parse(text) as [string, string][];
  return entries.map(([key, value]) => [key, sameGeneration(value)]);
}

/**
 * PostgreSQL itself writes `x IN ('a', 'b')` differently after one dump and restore: the casts move from the
 * list to its members.
 */
function sameGeneration(text: string): string {
  if (!text.includes('ARRAY[')) return text;
  return text.replaceAll(/::[a-z]+( varying)?(\(\d+\))?(\[\])?/g, '').replaceAll(/[()]/g, '');
}
