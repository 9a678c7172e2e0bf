import type { DumpContents } from './dump-contents.ts';

/** What pg_dump is told so that it writes as it did when it wrote the other dump. */
export function dumpForm({ objects, tables, encoding, inserts }: DumpContents): string[] {
  return [
    ...(encoding === undefined ? [] : [`--encoding=${encoding}`]),
    ...(inserts
      ? [inserts.hasColumnList ? '--column-inserts' : '--inserts', `--rows-per-insert=${inserts.rows}`]
      : []),
    ...(tables.size === 0 && ![...objects.values()].some(({ header }) => dataTypes.has(header.type))
      ? ['--schema-only']
      : []),
  ];
}

/** What a dump has only when it is not of the schema alone. */
const dataTypes = new Set(['SEQUENCE SET', 'MATERIALIZED VIEW DATA']);
