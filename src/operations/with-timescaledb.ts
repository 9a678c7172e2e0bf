import type { Server } from '../contract/adapter.ts';
import { literal } from '../postgres/quote.ts';
import type { CheckedFile } from './check-file.ts';

/**
 * Loads into a new database with the steps around it that TimescaleDB asks for. Each is a session of its own: what
 * they set is in force in sessions that begin later.
 */
export async function withTimescale(
  file: CheckedFile,
  database: string,
  server: Server,
  load: () => Promise<void>,
): Promise<void> {
  if (!file.facts.extensions.includes('timescaledb')) return load();
  const version = timescaleVersion(file);
  const create = `CREATE EXTENSION timescaledb SCHEMA public${version === undefined ? '' : ` VERSION ${literal(version)}`}`;
  await execute(server, database, [create, 'SELECT public.timescaledb_pre_restore()']);
  await load();
  await execute(server, database, ['SELECT public.timescaledb_post_restore()']);
}

/** Undefined when there is no manifest to tell: a dump does not. */
export function timescaleVersion({ manifest }: CheckedFile): string | undefined {
  return manifest?.extensions.find(({ name }) => name === 'timescaledb')?.version;
}

async function execute(server: Server, database: string, statements: readonly string[]): Promise<void> {
  const session = await server.session(database);
  try {
    for (const statement of statements) await session.execute(statement);
  } finally {
    await session.close();
  }
}
