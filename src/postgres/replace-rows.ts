import { type QualifiedName, writtenName } from './dump-text/table-names.ts';
import type { ForeignKey, LiveTable, Switch } from './live-tables.ts';
import { identifier, literal } from './quote.ts';

/** A live table whose rows are replaced. */
export interface Replaced {
  readonly table: QualifiedName;
  readonly live: LiveTable;
}

/** SQL that empties the tables, and keeps from acting what would act when the new rows come. */
export function beforeRows(replaced: readonly Replaced[], foreignKeys: readonly ForeignKey[]): string {
  if (replaced.length === 0) return '';
  const names = replaced.map(({ table }) => `ONLY ${writtenName(table)}`).join(', ');
  return [
    // Nobody else's transaction may keep all others waiting behind us for long.
    "SET LOCAL lock_timeout = '10s'",
    `LOCK TABLE ${names} IN ACCESS EXCLUSIVE MODE`,
    ...foreignKeys.map(({ table, name }) => `ALTER TABLE ${table} DROP CONSTRAINT ${identifier(name)}`),
    ...switches(replaced, () => 'DISABLE'),
    `TRUNCATE ONLY ${replaced.map(({ table }) => writtenName(table)).join(', ONLY ')}`,
  ]
    .map(statement => `${statement};\n`)
    .join('');
}

/** SQL that puts back what `beforeRows` took off; foreign keys are validated, unless they were not before. */
export function afterRows(replaced: readonly Replaced[], foreignKeys: readonly ForeignKey[]): string {
  return [
    ...switches(replaced, ({ enabled }) => (enabled === 'A' ? 'ENABLE ALWAYS' : 'ENABLE')),
    ...foreignKeys.flatMap(({ table, name, definition, comment }) => [
      `ALTER TABLE ${table} ADD CONSTRAINT ${identifier(name)} ${definition}`,
      ...(comment === null
        ? []
        : [`COMMENT ON CONSTRAINT ${identifier(name)} ON ${table} IS ${literal(comment)}`]),
    ]),
  ]
    .map(statement => `${statement};\n`)
    .join('');
}

const differ = 'the columns differ: ';

/** SQL that compares a table that was made as a temporary one of the same name with the live one, and drops it. */
export function compareColumns(table: QualifiedName): string {
  const temporary = writtenName({ schema: 'pg_temp', name: table.name });
  const columns = (name: string) => `(SELECT attname, format_type(atttypid, atttypmod)
      || CASE WHEN attgenerated = '' THEN '' ELSE ' generated' END AS type
    FROM pg_catalog.pg_attribute WHERE attrelid = ${literal(name)}::pg_catalog.regclass AND attnum > 0 AND NOT attisdropped)`;
  const body = `DECLARE difference text;
    BEGIN
      SELECT string_agg(CASE WHEN l.type IS NULL THEN format('%I %s is only in the file', attname, f.type)
          WHEN f.type IS NULL THEN format('%I %s is only in the live table', attname, l.type)
          ELSE format('%I is %s in the file and %s in the live table', attname, f.type, l.type) END, ', ')
        INTO difference FROM ${columns(temporary)} f FULL JOIN ${columns(writtenName(table))} l USING (attname)
        WHERE f.type IS DISTINCT FROM l.type;
      IF difference IS NOT NULL THEN RAISE EXCEPTION USING MESSAGE = ${literal(`${differ}${writtenName(table)}: `)} || difference; END IF;
    END`;
  return `DO ${literal(body)};\nDROP TABLE ${temporary};\n`;
}

/** What `compareColumns` found, out of psql's words. */
export function columnDifference(stderr: string): string | undefined {
  const at = stderr.indexOf(differ);
  return at < 0
    ? undefined
    : stderr
        .slice(at + differ.length)
        .split(/\n(?:CONTEXT|LOCATION): /)[0]!
        .trim();
}

function switches(replaced: readonly Replaced[], how: (one: Switch) => string): string[] {
  return replaced.flatMap(({ table, live }) =>
    (['TRIGGER', 'RULE'] as const).flatMap(kind =>
      live[kind === 'TRIGGER' ? 'triggers' : 'rules'].map(
        one => `ALTER TABLE ${writtenName(table)} ${how(one)} ${kind} ${identifier(one.name)}`,
      ),
    ),
  );
}
