import type { Session } from '../contract/adapter.ts';

/** A table whose rows a session of its own can copy out, word for word as pg_dump would. */
export interface CopyTable {
  /** With its schema, quoted where needed. */
  readonly name: string;
  /** As the comment over its rows names it. */
  readonly schema: string;
  readonly table: string;
  /** Its columns, quoted where needed, comma and blank between. */
  readonly columns: string;
  /** On disk, with what is stored out of line. */
  readonly bytes: number;
  /** Of its rows; null where the server would read all of them to find those of some pages. */
  readonly pages: number | null;
}

/** Rows of a table: all, or those from one of its pages up to, but not including, another one. */
export interface CopyRange {
  readonly table: CopyTable;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** What smaller tables take does not pay for a session; the rest of the dump has them. */
const leastBytes = 4 * 1024 * 1024;
const mostTables = 200;

/**
 * The large tables, largest first, of which is known that pg_dump writes all rows under their own name: ordinary ones of
 * no extension, without row-level security, and no hash partitions (whose rows go through the root). Names are ASCII,
 * unless the database is in UTF-8: what the session prints would be converted otherwise.
 */
export function tablesToCopy(session: Session): Promise<CopyTable[]> {
  return session.query<CopyTable>(`
    SELECT quote_ident(nspname) || '.' || quote_ident(relname) AS name, nspname AS schema, relname AS table, columns,
      bytes, CASE WHEN amname = 'heap' AND current_setting('server_version_num')::int >= 140000
        THEN pg_relation_size(c.oid) / current_setting('block_size')::int END AS pages
    FROM pg_class c JOIN pg_am ON pg_am.oid = relam JOIN pg_namespace n ON n.oid = c.relnamespace,
      LATERAL (SELECT pg_table_size(c.oid) AS bytes) AS size,
      LATERAL (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS columns FROM pg_attribute
        WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '') AS list
    WHERE relkind = 'r' AND relpersistence <> 't' AND NOT relrowsecurity AND columns IS NOT NULL
      AND bytes >= ${leastBytes} AND nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%'
      AND NOT EXISTS (SELECT FROM pg_depend WHERE deptype = 'e' AND objid IN (c.oid, n.oid)
        AND classid IN ('pg_class'::regclass, 'pg_namespace'::regclass))
      AND NOT EXISTS (SELECT FROM pg_partition_ancestors(c.oid) AS a
        JOIN pg_partitioned_table p ON p.partrelid = a.relid WHERE partstrat = 'h')
      AND (getdatabaseencoding() = 'UTF8' OR nspname || relname || columns ~ '^[ -~]*$')
    ORDER BY bytes DESC LIMIT ${mostTables}`);
}

/**
 * Dealt out in pieces, in order: some whole tables each, or a range of one. They are a few for each worker, so that all are
 * done at about the same time, whatever the rows cost. Cut is only a table that all would wait for in the end: the server
 * reads ranges through its whole cache, and what the application has in there goes; a whole large table it does not.
 */
export function cutUp(tables: readonly CopyTable[], workers: number): CopyRange[][] {
  const all = tables.reduce((sum, { bytes }) => sum + bytes, 0);
  const size = Math.max(leastPiece, all / (workers * piecesEach));
  const pieces: CopyRange[][] = [];
  let room = 0;
  for (const table of tables) {
    const { bytes } = table;
    if (bytes <= room) pieces.at(-1)!.push({ table });
    else if (bytes * workers > longestWait * all) pieces.push(...cut(table, Math.round(bytes / size)));
    else pieces.push([{ table }]);
    room = bytes <= room ? room - bytes : size - bytes;
  }
  return pieces;
}

function cut(table: CopyTable, count: number): CopyRange[][] {
  const { pages } = table;
  if (pages === null || count < 2) return [[{ table }]];
  const page = (index: number) =>
    index === 0 || index === count ? undefined : Math.floor((pages * index) / count);
  return Array.from({ length: count }, (_, index) => [{ table, from: page(index), to: page(index + 1) }]);
}

const piecesEach = 2;
/** What is smaller does not pay for a session of its own. */
const leastPiece = 8 * 1024 * 1024;
/** How many times what each worker has to do one may have instead. */
const longestWait = 2;

/** Whole tables, dealt out so that all have about as much to do; none is empty. */
export function shareOut(tables: readonly CopyTable[], workers: number): CopyTable[][] {
  const shares = Array.from({ length: Math.min(workers, tables.length) }, () => ({
    bytes: 0,
    tables: [] as CopyTable[],
  }));
  for (const table of tables) {
    const least = shares.reduce((a, b) => (b.bytes < a.bytes ? b : a));
    least.tables.push(table);
    least.bytes += table.bytes;
  }
  return shares.map(share => share.tables);
}
