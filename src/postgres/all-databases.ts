import type { Session } from '../contract/adapter.ts';
import { incomingRun, undoTime } from './database-names.ts';

/**
 * Every database of the server that one can connect to, by name, but for templates and what the tool itself made: databases
 * that a restore fills or keeps for undo.
 */
export async function allDatabases(session: Session): Promise<string[]> {
  // A limit of -2 marks what an interrupted DROP DATABASE left.
  const rows = await session.query<{ name: string }>(`
    SELECT datname AS name FROM pg_database
    WHERE datallowconn AND NOT datistemplate AND datconnlimit <> -2 ORDER BY datname`);
  const names = rows.map(({ name }) => name);
  return names.filter(
    name => incomingRun(name) === undefined && !names.some(other => undoTime(name, other) !== undefined),
  );
}
