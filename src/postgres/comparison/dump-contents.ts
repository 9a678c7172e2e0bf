import { createHash, type Hash } from 'node:crypto';
import type { AccessStatement } from '../dump-text/access-block.ts';
import { createAccessStatements } from '../dump-text/access-statements.ts';
import type { DumpHandler, DumpStatement } from '../dump-text/dump-reader.ts';
import { createInsertTarget } from '../dump-text/insert-target.ts';
import { decode } from '../dump-text/names.ts';
import { createAmbient, normalForm, passedOver } from './normal-form.ts';
import { createObjectDigests, type DumpedObject } from './object-digests.ts';
import { readHeader } from './object-header.ts';
import { createTableDigests, type DumpedRows } from './table-digests.ts';

/** What a dump says, as digests: enough to tell whether two dumps say the same, and where they do not. */
export interface DumpContents {
  readonly objects: ReadonlyMap<string, DumpedObject>;
  /** By the table's name as written; those of large objects by `largeObjects`. */
  readonly tables: ReadonlyMap<string, DumpedRows>;
  /** Owners and grants that stand among the statements. */
  readonly access: readonly AccessStatement[];
  readonly encoding: string | undefined;
  /** How rows are written, where that is not COPY. */
  readonly inserts: InsertForm | undefined;
}

export interface InsertForm {
  readonly hasColumnList: boolean;
  /** The most that one INSERT has. */
  readonly rows: number;
}

/** The one name in `tables` that is no table's. */
export const largeObjects = 'large objects';

/** What texts say that are one dump together; none has rows of a table that another one has. */
export function joinContents([first, ...others]: readonly [DumpContents, ...DumpContents[]]): DumpContents {
  const tables = [first, ...others].flatMap(one => [...one.tables]);
  return { ...first, tables: new Map(tables) };
}

/** Listens to a reader of dump text, in memory that grows with the number of objects only. */
export function createDumpContents(): { readonly handler: DumpHandler; end(): DumpContents } {
  const objects = createObjectDigests();
  const tables = createTableDigests();
  const access = createAccessStatements();
  const ambient = createAmbient();
  const insertTarget = createInsertTarget();
  let encoding: string | undefined;
  let rest: Hash | undefined;
  let inserts: InsertForm | undefined;

  const handler: DumpHandler = {
    onComment({ text }) {
      const header = readHeader(text);
      if (header) objects.begin(header);
    },
    onStatementRest(piece) {
      rest ??= createHash('sha256');
      rest.update(piece);
    },
    onStatement(statement) {
      const text = whole(normalForm(statement));
      if (access.statement(statement)) return;
      switch (statement.keyword) {
        case 'SET':
          ambient.set(text);
          encoding ??= /^SET client_encoding = '(\w+)'/.exec(text.toString('latin1', 0, 60))?.[1];
          return;
        case 'INSERT':
          return insert(text, statement);
        case 'SELECT':
          return select(text);
        case 'BEGIN':
        case 'COMMIT':
        case 'COPY':
          return;
        default:
          describe(text);
      }
    },
    onCopyStart({ table, columns }) {
      tables.begin(decode(table), columns ?? []);
    },
    onCopyRows: tables.add,
    onCopyEnd: ({ rows }) => tables.count(rows),
  };
  return {
    handler,
    end: () => ({ objects: objects.end(), tables: tables.end(), access: access.end(), encoding, inserts }),
  };

  /** What does not fit into a statement's text stands behind it as a digest. */
  function whole(text: Buffer): Buffer {
    if (!rest) return text;
    const long = Buffer.concat([text, rest.digest()]);
    rest = undefined;
    return long;
  }

  function insert(text: Buffer, statement: DumpStatement): void {
    const { table, hasColumnList } = insertTarget(statement);
    const rows = Math.max(1, statement.groups - (hasColumnList ? 1 : 0)); // DEFAULT VALUES has no parentheses
    inserts = { hasColumnList, rows: Math.max(rows, inserts?.rows ?? 1) };
    row(table, text, rows);
  }

  function select(text: Buffer): void {
    const call = /^SELECT pg_catalog\.(\w+)/.exec(text.toString('latin1', 0, 60))?.[1];
    if (call === 'set_config') return;
    if (call?.startsWith('lo')) row(largeObjects, text, call === 'lo_create' ? 1 : 0);
    else describe(text);
  }

  function row(table: string, text: Buffer, rows: number): void {
    tables.begin(table);
    tables.add(text);
    tables.add('\n');
    tables.count(rows);
  }

  function describe(text: Buffer): void {
    if (!passedOver.has(objects.type)) objects.add(text, ambient.of(objects.type));
  }
}
