import type { CopyTarget } from './copy-target.ts';
import type { CopyEnd, DumpStatement } from './dump-reader.ts';
import { createInsertTarget } from './insert-target.ts';
import { decode, namePattern, unquote } from './names.ts';
import { rolesNamed } from './roles-named.ts';

/** Rows of one table, of one COPY or of the INSERTs that follow one another. */
export interface TableRows {
  /** As written, e.g. `public."order"`. */
  readonly name: string;
  readonly rows: number;
  /** Of its rows in the text with LF line ends; those of INSERTs are whole statements. */
  readonly bytes: number;
  /** Set when the rows are INSERTs. */
  readonly inserts?: true;
}

/** Counts what a dump holds. */
export interface DumpTally {
  statement(statement: DumpStatement): void;
  copyStart(target: CopyTarget): void;
  copyEnd(end: Pick<CopyEnd, 'rows' | 'offset'>): void;
  readonly tables: readonly TableRows[];
  readonly extensions: readonly string[];
  readonly roles: readonly string[];
  readonly largeObjects: number;
  readonly encoding: string | undefined;
}

export function createDumpTally(): DumpTally {
  const tables: { name: string; rows: number; bytes: number; inserts?: true }[] = [];
  const extensions = new Set<string>();
  const roles = new Set<string>();
  let largeObjects = 0;
  let encoding: string | undefined;
  const insertTarget = createInsertTarget();
  let table = '';
  let rowsOffset = 0;

  return {
    statement(statement) {
      const { keyword, text, end } = statement;
      if (keyword === 'INSERT') return insert(statement);
      rowsOffset = end;
      if (keyword === 'SELECT') {
        if (text.subarray(0, 100).includes('pg_catalog.lo_create(')) largeObjects += 1;
        return;
      }
      for (const role of rolesNamed(keyword, text)) roles.add(role);
      const head = text.toString('latin1', 0, 200);
      const extension = keyword === 'CREATE' ? createExtension.exec(head)?.[1] : undefined;
      if (extension !== undefined) extensions.add(unquote(extension));
      if (keyword === 'SET') encoding = setEncoding.exec(head)?.[1] ?? encoding;
    },
    copyStart(target) {
      table = decode(target.table);
    },
    copyEnd({ rows, offset }) {
      tables.push({ name: table, rows, bytes: offset - rowsOffset });
    },
    tables,
    get extensions() {
      return [...extensions];
    },
    get roles() {
      return [...roles];
    },
    get largeObjects() {
      return largeObjects;
    },
    get encoding() {
      return encoding;
    },
  };

  function insert(statement: DumpStatement): void {
    const { table: name, hasColumnList } = insertTarget(statement);
    if (tables.at(-1)?.name !== name || !tables.at(-1)?.inserts)
      tables.push({ name, rows: 0, bytes: 0, inserts: true });
    const run = tables.at(-1)!;
    // DEFAULT VALUES is one row without parentheses.
    run.rows += Math.max(1, statement.groups - (hasColumnList ? 1 : 0));
    run.bytes += statement.end - statement.offset;
  }
}

const createExtension = new RegExp(`^CREATE EXTENSION (?:IF NOT EXISTS )?(${namePattern})`);
const setEncoding = /^SET client_encoding = '(\w+)'/;
