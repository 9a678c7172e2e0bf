import type { Server, Session } from '../../../contract/adapter.ts';
import type { DatabaseFacts } from '../../../postgres/database-facts.ts';
import { literal } from '../../../postgres/quote.ts';
import { sizeInWords } from '../../../report/words.ts';
import type { CheckedFile } from '../../file/check-file.ts';
import type { RestoreMode } from '../restore-aim.ts';
import type { Fitness } from './obstacle.ts';

interface Aim {
  readonly live: { readonly bytes: number | null } | undefined;
  readonly like: DatabaseFacts | undefined;
  readonly mode: RestoreMode;
}

/**
 * Whether the disk takes what is restored beside what is there: in place too, the old rows stay until the commit and
 * a while after it. Silent where it cannot be known.
 */
export async function spaceFitness(
  server: Server,
  session: Session,
  { facts }: CheckedFile,
  { live, like, mode }: Aim,
): Promise<Fitness> {
  const space = await databaseSpace(server, session, like);
  if (space === undefined) return { obstacles: [], warnings: [] };
  const { free, empty } = space;
  // The size of a text and of the database it makes differ either way: by indexes, compression, dead rows.
  const guesses = [facts.bytes, ...(live?.bytes ? [live.bytes - empty] : [])];
  const base = mode === 'swap' ? empty : 0;
  const [least, most] = [base + Math.min(...guesses), base + Math.max(...guesses)];
  const room = `the disk of the database has ${sizeInWords(free)} free, and the restore needs`;
  if (free < least)
    return { obstacles: [{ what: `${room} at least ${sizeInWords(least)}`, remedy }], warnings: [] };
  if (free >= 1.2 * most) return { obstacles: [], warnings: [] };
  return { obstacles: [], warnings: [`${room} about ${sizeInWords(most)}: it may not be enough`] };
}

/** Bytes that are free where a new database would be, and those of an empty one; undefined where nobody can tell. */
export async function databaseSpace(
  server: Server,
  session: Session,
  like: Pick<DatabaseFacts, 'tablespace'> | undefined,
): Promise<{ free: number; empty: number } | undefined> {
  const { directory, empty } = await placeOf(session, like?.tablespace ?? 'pg_default');
  const free = directory === null ? undefined : await server.freeBytes?.(directory);
  return free === undefined ? undefined : { free, empty };
}

const remedy = 'Free some space, or drop what is kept for undo: db-orchestrate prune --undo';

/** Null where this role may not know the folder, or the server runs on another host than the client programs. */
async function placeOf(
  session: Session,
  tablespace: string,
): Promise<{ directory: string | null; empty: number }> {
  const [place] = await session.query<{ directory: string | null; empty: number }>(`
    SELECT CASE WHEN inet_server_addr() IS NULL OR inet_server_addr() <<= '127.0.0.0/8' OR inet_server_addr() = '::1'
      THEN coalesce(
        (SELECT nullif(pg_tablespace_location(oid), '') FROM pg_tablespace WHERE spcname = ${literal(tablespace)}),
        (SELECT setting FROM pg_settings WHERE name = 'data_directory')) END AS directory,
      CASE WHEN has_database_privilege('template0', 'CONNECT') THEN pg_database_size('template0') ELSE 0 END AS empty`);
  return place!;
}
