import type { Session } from '../contract/adapter.ts';
import { undoName, undoStamp } from './database-names.ts';
import { databaseNames } from './present.ts';

/** A database that a restore replaced and kept. */
export interface KeptDatabase {
  readonly name: string;
  /** Local time of the restore that replaced it, `YYYYMMDD_HHMMSS`. */
  readonly since: string;
}

/** What is kept of a database, the newest first. */
export async function keptDatabases(session: Session, database: string): Promise<KeptDatabase[]> {
  const kept: KeptDatabase[] = [];
  for (const name of await databaseNames(session)) {
    const since = undoStamp(name, database);
    if (since !== undefined) kept.push({ name, since });
  }
  return kept.sort((a, b) => (a.since < b.since ? 1 : -1));
}

/** The name to keep the live database under; a taken one moves to the next free second. */
export async function freeUndoName(session: Session, database: string, replacedAt: Date): Promise<string> {
  const taken = await databaseNames(session);
  let second = replacedAt;
  while (taken.includes(undoName(database, second))) second = new Date(second.getTime() + 1000);
  return undoName(database, second);
}
