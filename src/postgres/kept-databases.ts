import type { Session } from '../contract/adapter.ts';
import { undoName, undoTime } from './database-names.ts';
import { databaseNames } from './present.ts';

/** A database that a restore replaced and kept. */
export interface KeptDatabase {
  readonly name: string;
  /** When a restore replaced it. */
  readonly since: Date;
}

/** What is kept of a database, the newest first. */
export async function keptDatabases(session: Session, database: string): Promise<KeptDatabase[]> {
  const kept: KeptDatabase[] = [];
  for (const name of await databaseNames(session)) {
    const since = undoTime(name, database);
    if (since !== undefined) kept.push({ name, since });
  }
  return kept.sort((a, b) => b.since.getTime() - a.since.getTime());
}

/** The name to keep the live database under; a taken one moves to the next free second. */
export async function freeUndoName(session: Session, database: string, replacedAt: Date): Promise<string> {
  const taken = await databaseNames(session);
  let second = replacedAt;
  while (taken.includes(undoName(database, second))) second = new Date(second.getTime() + 1000);
  return undoName(database, second);
}
