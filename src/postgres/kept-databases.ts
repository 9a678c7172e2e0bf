import type { Session } from '../contract/adapter.ts';
import { databaseFacts } from './database-facts.ts';
import { undoName, undoStamp } from './database-names.ts';

/** A database that a restore replaced and kept. */
export interface KeptDatabase {
  readonly name: string;
  /** Local time of the restore that replaced it, `YYYYMMDD_HHMMSS`. */
  readonly since: string;
  readonly bytes: number | null;
}

/** What is kept of a database, the newest first. */
export async function keptDatabases(session: Session, database: string): Promise<KeptDatabase[]> {
  const rows = await session.query<{ name: string }>('SELECT datname AS name FROM pg_database');
  const kept: KeptDatabase[] = [];
  for (const { name } of rows) {
    const since = undoStamp(name, database);
    if (since) kept.push({ name, since, bytes: (await databaseFacts(session, name))?.bytes ?? null });
  }
  return kept.sort((a, b) => (a.since < b.since ? 1 : -1));
}

/** The name to keep the live database under; a taken one moves to the next free second. */
export async function freeUndoName(session: Session, database: string, replacedAt: Date): Promise<string> {
  const taken = new Set((await keptDatabases(session, database)).map(({ name }) => name));
  let second = replacedAt;
  while (taken.has(undoName(database, second))) second = new Date(second.getTime() + 1000);
  return undoName(database, second);
}
