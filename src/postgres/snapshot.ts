import type { Server, Session } from '../contract/adapter.ts';
import { OrchestrateError } from '../errors.ts';
import { type DatabaseFacts, databaseFacts } from './database-facts.ts';
import { type Exclude, type Exclusion, excludeArguments, findExclusion } from './left-out.ts';
import { serverSettings } from './server-settings.ts';

export interface Extension {
  name: string;
  version: string;
  schema: string;
}

/** One moment of a database that several programs can look at, held open by a session until the server is closed. */
export interface Snapshot {
  readonly facts: DatabaseFacts;
  readonly extensions: readonly Extension[];
  readonly serverSettings: Readonly<Record<string, string>>;
  /** Its name for other sessions; undefined where the server can export none. */
  readonly exported: string | undefined;
  /** What dumps of it leave out. */
  readonly exclusion: Exclusion;
  /** What pg_dump is told to see the same moment, and to leave that out. */
  readonly dumpArguments: readonly string[];
  /** Sees the same moment, and holds it open. */
  readonly session: Session;
}

/**
 * Opens a snapshot; on a server that can export none (some standbys), each program takes its own. Where nobody else is in,
 * the present moment is one.
 */
export async function openSnapshot(
  server: Server,
  database: string,
  exclude: Exclude = {},
): Promise<Snapshot> {
  const session = await server.session(database);
  try {
    if (!server.alone) await session.execute('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const found = await databaseFacts(session, database);
    if (!found) throw new OrchestrateError('unreachable', `there is no database ${JSON.stringify(database)}`);
    const extensions = await session.query<Extension>(
      `SELECT extname AS name, extversion AS version, nspname AS schema
       FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace ORDER BY extname`,
    );
    const exported = server.alone ? undefined : await exportSnapshot(session);
    const exclusion = await findExclusion(session, exclude);
    const { bytes: _, ...facts } = found;
    return {
      facts,
      extensions,
      serverSettings: await serverSettings(session),
      exported,
      exclusion,
      dumpArguments: [
        ...(exported === undefined ? [] : [`--snapshot=${exported}`]),
        ...(exclusion.leftOut.length === 0 ? [] : excludeArguments(exclude)),
      ],
      session,
    };
  } catch (error) {
    await session.close();
    throw error;
  }
}

async function exportSnapshot(session: Session): Promise<string | undefined> {
  const rows = await session.query<{ id: string }>('SELECT pg_export_snapshot() AS id').catch(() => []);
  return rows[0]?.id;
}
