import { isAccessIntroduction } from './access-block.ts';
import { createDumpReader } from './dump-reader.ts';

/**
 * Finds where a dump being written has all its tables, so that rows can stand there: before the first part of the
 * data or, if there is none, of what comes after the data, if only the end.
 */
export function createDataStart(): { push(chunk: Buffer): number | undefined } {
  let start: number | undefined;
  const reader = createDumpReader({
    onRestriction: () => undefined,
    onComment({ text, offset }) {
      // A line of two dashes stands above each header, and above the closing line.
      if (afterTables.test(text.toString('latin1'))) start ??= offset - '--\n'.length;
      else if (isAccessIntroduction(text)) start ??= offset;
    },
  });
  return {
    push(chunk) {
      reader.push(chunk);
      return start;
    },
  };
}

/** Source: dbObjectTypePriority in src/bin/pg_dump/pg_dump_sort.c of PostgreSQL 13 to 18. */
const afterTables = new RegExp(
  '^-- PostgreSQL database dump complete$|^-- (?:Data for )?Name: .*; Type: (?:TABLE DATA|SEQUENCE SET|BLOBS|STATISTICS DATA|CONSTRAINT|CHECK CONSTRAINT' +
    '|FK CONSTRAINT|INDEX|INDEX ATTACH|STATISTICS|RULE|TRIGGER|EVENT TRIGGER|POLICY|ROW SECURITY|PUBLICATION' +
    '|PUBLICATION TABLE|PUBLICATION TABLES IN SCHEMA|SUBSCRIPTION|SUBSCRIPTION TABLE|MATERIALIZED VIEW DATA); Schema: ',
);
