import { createDumpReader, type DumpReader, type DumpStatement } from './dump-reader.ts';
import { namePattern, unquote } from './names.ts';
import type { ByteRange } from './strip-ranges.ts';
import { readTableDefinition, type TableDefinition } from './table-definition.ts';
import { nameKey, ownPart, type QualifiedName, readName } from './table-names.ts';
import { readTableStatement, type TableStatement, type TableStatementKind } from './table-statements.ts';

/** A piece of a dump's text that says something of a table, or how the session is to be set for that. */
export interface TablePart extends ByteRange {
  readonly kind: TableStatementKind | 'session';
  readonly table: QualifiedName | undefined;
  /** Its sequence, index or statistics; of a `session` part the setting's name. */
  readonly object: QualifiedName | undefined;
  readonly partition: QualifiedName | undefined;
  readonly constraint: string | undefined;
  readonly places: readonly NamePlace[];
  /** Of a `table`; its offsets are from the part's start. */
  readonly definition: TableDefinition | undefined;
  /** Of `rows`: how many. */
  readonly rows: number;
  /** Whether they are INSERTs. */
  readonly inserts: boolean;
}

/** Where a name stands in the text. */
export interface NamePlace extends ByteRange {
  readonly of: 'table' | 'object' | 'partition';
  /** As written, without the schema; bytes as characters (latin1). */
  readonly name: string;
}

/** All that a dump says of its tables, in the order of the text. */
export interface TableParts {
  readonly tables: readonly QualifiedName[];
  readonly parts: readonly TablePart[];
}

/** Reads the text of a dump that was checked, with LF line ends; offsets are bytes from its start. */
export function createTablePartsReader(): DumpReader & { found(): TableParts } {
  const parts: TablePart[] = [];
  /** Where names without a schema are: pg_dump before 2018 set a search_path for each. */
  let schema = 'public';
  const ignore = () => undefined;
  const reader = createDumpReader({
    onStatement(statement) {
      if (statement.keyword === 'SET') schema = schemaSet(statement) ?? schema;
      add(statement);
    },
    onCopyEnd({ rows, end }) {
      parts.push({ ...parts.pop()!, end, rows });
    },
    onRestriction: ignore,
    onNotice: ignore,
  });
  return {
    ...reader,
    found: () => ({ tables: parts.flatMap(({ kind, table }) => (kind === 'table' ? [table!] : [])), parts }),
  };

  function add({ keyword, text, offset, end, groups }: DumpStatement): void {
    const setting = keyword === 'SET' || keyword === 'SELECT' ? settingOf(text) : undefined;
    if (setting !== undefined) {
      const none = {
        table: undefined,
        partition: undefined,
        constraint: undefined,
        definition: undefined,
        rows: 0,
        inserts: false,
      };
      parts.push({
        kind: 'session',
        ...none,
        places: [],
        object: { schema: '', name: setting },
        start: offset,
        end,
      });
      return;
    }
    const statement = readTableStatement(keyword, text);
    if (!statement) return;
    const definition = statement.kind === 'table' ? readTableDefinition(text) : undefined;
    const inserts = keyword === 'INSERT';
    const part = {
      ...partOf(statement, offset, end),
      definition,
      inserts,
      rows: inserts ? rowsOf(statement, text, groups) : 0,
    };
    const last = parts.at(-1);
    // Millions of INSERTs, one below the other.
    if (last?.inserts && inserts && last.kind === 'rows' && last.end === offset && sameTable(last, part))
      parts[parts.length - 1] = { ...last, end, rows: last.rows + part.rows };
    else parts.push(part);
  }

  function partOf(
    { kind, names }: TableStatement,
    offset: number,
    end: number,
  ): Omit<TablePart, 'definition' | 'rows' | 'inserts'> {
    const table = names.table && readName(names.table.written, schema);
    const besides = table?.schema ?? schema;
    const places = (['table', 'object', 'partition'] as const).flatMap(of => {
      const place = names[of];
      if (!place || place.end === 0) return [];
      const name = ownPart(place.written);
      return [{ of, name, start: offset + place.start, end: offset + place.end }];
    });
    return {
      kind,
      table,
      object: names.object && readName(names.object.written, besides),
      partition: names.partition && readName(names.partition.written, besides),
      constraint: names.constraint && unquote(names.constraint.written),
      places,
      start: offset,
      end,
    };
  }
}

/** Each has its parentheses, and so has a list of columns; DEFAULT VALUES is one row without any. */
function rowsOf({ names }: TableStatement, text: Buffer, groups: number): number {
  const hasList = text[names.table!.end + 1] === 0x28;
  return Math.max(1, groups - (hasList ? 1 : 0));
}

function sameTable(one: TablePart, other: TablePart): boolean {
  return nameKey(one.table!) === nameKey(other.table!);
}

/** What a statement sets for all that follow it. */
function settingOf(text: Buffer): string | undefined {
  const match = /^(?:SET ([a-z_.]+) = |SELECT pg_catalog\.set_config\('(search_path)')/.exec(
    text.toString('latin1', 0, 100),
  );
  return match?.[1] ?? match?.[2];
}

function schemaSet({ text }: DumpStatement): string | undefined {
  const written = searchPath.exec(text.toString('latin1', 0, 300))?.[1];
  return written === undefined ? undefined : unquote(written);
}

const searchPath = new RegExp(`^SET search_path = (${namePattern})`);
