import { localStamp } from '../../catalog/file-name.ts';
import type { Session } from '../../contract/adapter.ts';
import type { RunContext } from '../../contract/run-context.ts';
import { OrchestrateError } from '../../errors.ts';
import type { ByteRange } from '../../postgres/dump-text/strip-ranges.ts';
import { besideEdits, besideParts, describeLeftOut } from '../../postgres/dump-text/table-beside.ts';
import { nameKey, type QualifiedName, writtenName } from '../../postgres/dump-text/table-names.ts';
import type { TablePart, TableParts } from '../../postgres/dump-text/table-parts.ts';
import { selectTableParts } from '../../postgres/dump-text/table-selection.ts';
import { identifier, literal } from '../../postgres/quote.ts';
import type { CheckedFile } from '../file/check-file.ts';

/** Into a schema of its own beside the live tables, or in their place. */
export type TablesMode = 'beside' | 'in-place';

/** Tables of a file that was checked, and where they go. */
export interface ChosenTables {
  readonly target: string;
  readonly server: string;
  readonly serverMajor: number;
  readonly database: string;
  readonly file: CheckedFile;
  /** The backup's, when the file's name is one of ours. */
  readonly id: string | undefined;
  readonly tables: readonly QualifiedName[];
  readonly found: TableParts;
}

/** What a restore of some tables would do, found out before anything is touched. */
export interface TablesPlan extends ChosenTables {
  readonly mode: TablesMode;
  /** Where they go; null for in place. */
  readonly schema: string | null;
  /** Whether the live database is backed up first. */
  readonly safetyBackup: boolean;
  /** In place: those that the database does not have. */
  readonly missing: readonly QualifiedName[];
  /** What is left out, and what else a person should know before. */
  readonly notes: readonly string[];
  readonly load: TablesLoad;
}

/** What is executed in one transaction: SQL, parts of the file with some changes, SQL. */
export interface TablesLoad {
  readonly before: string;
  readonly parts: readonly TablePart[];
  readonly edits: readonly ByteRange[];
  readonly after: string;
}

/** Rejects with `usage` when a table is there already, or cannot be brought by itself. */
export async function planBeside(
  session: Session,
  chosen: ChosenTables,
  typedSchema: string | undefined,
  run: RunContext,
): Promise<TablesPlan> {
  const { tables, found, file } = chosen;
  const schema = typedSchema ?? `restored_${chosen.id ?? localStamp(run.now())}`;
  refuseOtherLetters([schema], file);
  refuseSameNames(tables);
  for (const table of tables) refuseDependent(table, found);
  const schemaExists = await refuseTaken(session, schema, tables);
  const { brought, leftOut } = besideParts(selectTableParts(found, tables));
  return {
    ...chosen,
    mode: 'beside',
    schema,
    safetyBackup: false,
    missing: [],
    notes: tables.flatMap(table => [...leftOutOf(table, leftOut, found), ...partitioning(table, found)]),
    load: {
      before: schemaExists ? '' : `CREATE SCHEMA ${identifier(schema)};\n`,
      parts: brought.filter(part => !isUnknown(part, chosen)),
      edits: besideEdits(brought, schema),
      after: '',
    },
  };
}

/** A setting that the server is too old for. */
export function isUnknown(part: TablePart, { serverMajor }: Pick<ChosenTables, 'serverMajor'>): boolean {
  return part.kind === 'session' && part.object!.name === 'transaction_timeout' && serverMajor < 17;
}

/** Names that get into the text of a file, which may be in another encoding. */
export function refuseOtherLetters(names: readonly string[], { facts }: CheckedFile): void {
  const odd = names.find(name => /[^ -~\n\t]/.test(name));
  if (odd === undefined || facts.encoding === 'UTF8') return;
  throw new OrchestrateError('usage', `the file is in ${facts.encoding}, and ${JSON.stringify(odd)} is not`, {
    hint: 'Restore the whole backup into another database with --into, or choose a --schema in plain letters.',
  });
}

/** Whether a file says what rows a table has: COPY does also when there are none. */
export function hasRows(table: QualifiedName, { parts }: TableParts): boolean {
  return parts.some(part => part.kind === 'rows' && nameKey(part.table!) === nameKey(table));
}

function refuseSameNames(tables: readonly QualifiedName[]): void {
  const twice = tables.find(({ name }, index) => tables.findIndex(one => one.name === name) < index);
  if (!twice) return;
  throw new OrchestrateError('usage', `several of the tables are called ${JSON.stringify(twice.name)}`, {
    hint: 'Restore them one after the other, each with another --schema.',
  });
}

/** Its own statements do not make it: columns come from elsewhere, or rows. */
function refuseDependent(table: QualifiedName, { parts }: TableParts): void {
  const { definition } = parts.find(
    part => part.kind === 'table' && nameKey(part.table!) === nameKey(table),
  )!;
  const hint = 'Restore the whole backup into another database, for example: --into restored';
  if (definition!.foreign)
    throw new OrchestrateError('usage', `${writtenName(table)} is a foreign table: its rows are elsewhere`);
  if (definition!.parents.length > 0)
    throw new OrchestrateError(
      'usage',
      `${writtenName(table)} has columns of other tables: ${definition!.parents.join(', ')}`,
      { hint },
    );
}

/** Gives whether the schema exists. */
async function refuseTaken(
  session: Session,
  schema: string,
  tables: readonly QualifiedName[],
): Promise<boolean> {
  const names = tables.map(({ name }) => literal(name)).join(', ');
  const rows = await session.query<{ name: string | null }>(`
    SELECT (SELECT string_agg(relname, ', ') FROM pg_class WHERE relnamespace = n.oid AND relname IN (${names})) AS name
    FROM pg_namespace n WHERE nspname = ${literal(schema)}`);
  const taken = rows[0]?.name;
  if (taken)
    throw new OrchestrateError('usage', `schema ${JSON.stringify(schema)} already has ${taken}`, {
      hint: 'Choose another one, for example: --schema restored_2',
    });
  return rows.length > 0;
}

function leftOutOf(table: QualifiedName, leftOut: readonly TablePart[], { parts }: TableParts): string[] {
  const isOf = (part: TablePart) => part.table !== undefined && nameKey(part.table) === nameKey(table);
  const inline = parts.find(part => part.kind === 'table' && isOf(part))!.definition!.sequenceDefaults;
  const words = describeLeftOut([
    ...leftOut.filter(isOf).map(({ kind }) => kind),
    ...inline.map(() => 'sequence default' as const),
  ]);
  return words.length === 0 ? [] : [`left out of ${writtenName(table)}: ${words.join(', ')}`];
}

function partitioning(table: QualifiedName, found: TableParts): string[] {
  const attached = found.parts.filter(({ kind }) => kind === 'attached partition');
  const partitions = attached.filter(part => nameKey(part.table!) === nameKey(table));
  const parent = attached.find(part => nameKey(part.partition!) === nameKey(table));
  return [
    ...(partitions.length === 0 && !hasRows(table, found)
      ? [
          `the file has no rows of ${writtenName(table)}${parent ? ': they may stand as those of its root' : ''}`,
        ]
      : []),
    ...(partitions.length > 0
      ? [
          `${writtenName(table)} comes as a plain table; the rows of its partitions are in those, such as ${writtenName(partitions[0]!.partition!)}`,
        ]
      : []),
    ...(parent
      ? [`${writtenName(table)} comes as a plain table, no partition of ${writtenName(parent.table!)}`]
      : []),
  ];
}
