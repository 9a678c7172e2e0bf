import { qualifiedNamePattern } from './names.ts';
import type { ByteRange } from './strip-ranges.ts';

/** What a CREATE TABLE says besides its columns. Offsets are from the start of the statement. */
export interface TableDefinition {
  readonly foreign: boolean;
  /** As written: the tables that it has columns from which it does not name itself. */
  readonly parents: readonly string[];
  /** PARTITION BY and what follows, but for the semicolon. */
  readonly partitionBy: ByteRange | undefined;
  /** Defaults that take the next value of a sequence. */
  readonly sequenceDefaults: readonly ByteRange[];
}

export function readTableDefinition(statement: Buffer): TableDefinition {
  const text = statement.toString('latin1');
  const tail = tailStart(text);
  const [, parents = ''] = partitionOf.exec(text) ?? inherits.exec(text.slice(tail)) ?? [];
  const partitionBy = tail + text.slice(tail).search(/\s+PARTITION BY /);
  return {
    foreign: text.startsWith('CREATE FOREIGN '),
    parents: parents.match(eachName) ?? [],
    partitionBy: partitionBy < tail ? undefined : { start: partitionBy, end: text.lastIndexOf(';') },
    sequenceDefaults: [...text.matchAll(defaults)].flatMap(({ 0: found, index }) =>
      found.startsWith(' DEFAULT') ? [{ start: index, end: index + found.length }] : [],
    ),
  };
}

const quoted = `E'(?:[^'\\\\]|\\\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"`;
const tokens = new RegExp(`${quoted}|[()]`, 'gs');
const defaults = new RegExp(
  ` DEFAULT "?nextval"?\\('(?:[^']|'')*'::(?:pg_catalog\\.)?"?regclass"?\\)|${quoted}`,
  'gs',
);
const partitionOf = new RegExp(
  `^CREATE [A-Z ]*TABLE ${qualifiedNamePattern} PARTITION OF (${qualifiedNamePattern})`,
);
const inherits = new RegExp(`^\\s+INHERITS \\((${qualifiedNamePattern}(?:, ${qualifiedNamePattern})*)\\)`);
const eachName = new RegExp(qualifiedNamePattern, 'g');

/** Behind the parenthesis that ends the columns. */
function tailStart(text: string): number {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(tokens)) {
    if (token === '(') depth += 1;
    else if (token === ')') {
      depth -= 1;
      if (depth === 0) return index + 1;
    }
  }
  return text.length;
}
