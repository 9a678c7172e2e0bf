import { namePattern, qualifiedNamePattern } from './names.ts';

/** The table that a COPY statement of pg_dump fills; undefined for every other form of COPY. */
export interface CopyTarget {
  /** As written, e.g. `public."order"`. Bytes as characters (latin1), whatever the encoding. */
  readonly table: string;
  /** As written; undefined when the statement has no list. */
  readonly columns: readonly string[] | undefined;
}

/**
 * Only the form that pg_dump writes: COPY of a program, of a server's file or with options is another statement
 * to the server, and after it psql would not read rows.
 */
export function parseCopy(statement: Buffer): CopyTarget | undefined {
  const match = form.exec(statement.toString('latin1'));
  if (!match) return undefined;
  return { table: match[1]!, columns: match[2] === undefined ? undefined : (match[2].match(names) ?? []) };
}

const names = new RegExp(namePattern, 'g');
// A table without columns gives two blanks.
const form = new RegExp(
  `^COPY (${qualifiedNamePattern}) (?:\\((${namePattern}(?:, ${namePattern})*)\\))? ?FROM stdin;\\s*$`,
);
