import type { Server } from '../../contract/adapter.ts';
import type { RunContext } from '../../contract/run-context.ts';
import { literal } from '../../postgres/quote.ts';
import { withSession } from '../../postgres/with-session.ts';
import type { CheckedFile } from '../file/check-file.ts';

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

/**
 * Its loader stops a database's jobs for good when that is renamed. Nothing happens in a database without it; the
 * restore has succeeded whatever comes of it.
 */
export async function startTimescaleJobs(database: string, server: Server, run: RunContext): Promise<void> {
  try {
    // Versions before 2.11 have it in another schema.
    await execute(server, database, [
      `DO $$ DECLARE one record; BEGIN FOR one IN SELECT p.oid::regproc AS start FROM pg_proc p
        WHERE proname = 'start_background_workers' AND pronamespace::regnamespace::text LIKE '\\_timescaledb\\_%'
        LOOP EXECUTE format('SELECT %s()', one.start); END LOOP; END $$`,
    ]);
  } catch (error) {
    const message = `TimescaleDB's jobs could not be started (${(error as Error).message}); restart the server to have them run`;
    run.emit({ type: 'warning', message });
  }
}

/** Undefined when there is no manifest to tell: a dump does not. */
export function timescaleVersion({ manifest }: Pick<CheckedFile, 'manifest'>): string | undefined {
  return manifest?.extensions.find(({ name }) => name === 'timescaledb')?.version;
}

function execute(server: Server, database: string, statements: readonly string[]): Promise<void> {
  return withSession(server, database, async session => {
    for (const statement of statements) await session.execute(statement);
  });
}
