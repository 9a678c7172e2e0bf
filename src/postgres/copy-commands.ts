import type { CopyRange } from './copy-plan.ts';

/** What psql is told so that it writes the rows of tables as pg_dump does, as they were at the moment of a snapshot. */
export function copyCommands(ranges: readonly CopyRange[], snapshot: string): string[] {
  return [
    'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
    `SET TRANSACTION SNAPSHOT '${snapshot}'`,
    ...settings.map(setting => `SET ${setting}`),
    ...ranges.flatMap(copyRange),
  ];
}

/**
 * Those of pg_dump's own sessions. Source: setup_connection in src/bin/pg_dump/pg_dump.c. The last three are for ranges: rows
 * come in their order, no others are read, and no code is compiled for it.
 */
const settings = [
  "search_path = ''",
  'datestyle = ISO',
  'intervalstyle = postgres',
  'extra_float_digits = 3',
  'synchronize_seqscans = off',
  'statement_timeout = 0',
  'lock_timeout = 0',
  'idle_in_transaction_session_timeout = 0',
  'row_security = off',
  'max_parallel_workers_per_gather = 0',
  'enable_seqscan = off',
  'jit = off',
];

function copyRange({ table: { name, schema, table, columns }, from, to }: CopyRange): string[] {
  const header = `-- Data for Name: ${oneLine(table)}; Type: TABLE DATA; Schema: ${oneLine(schema)}; Owner: -`;
  const bounds = [
    ...(from === undefined ? [] : [`ctid >= '(${from},0)'`]),
    ...(to === undefined ? [] : [`ctid < '(${to},0)'`]),
  ];
  const rows =
    bounds.length === 0
      ? `${name} (${columns})`
      : `(SELECT ${columns} FROM ONLY ${name} WHERE ${bounds.join(' AND ')})`;
  return [
    ...(from === undefined ? [echo(`--\n${header}\n--\n\nCOPY ${name} (${columns}) FROM stdin;`)] : []),
    `COPY ${rows} TO STDOUT`,
    ...(to === undefined ? [echo('\\.\n\n')] : []),
  ];
}

/** pg_dump lets no name break out of a comment. */
function oneLine(name: string): string {
  return name.replaceAll(/[\r\n]/g, ' ');
}

/** A line of output; psql reads the escapes of a quoted argument. */
function echo(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "''")
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r');
  return `\\echo '${escaped}'`;
}
