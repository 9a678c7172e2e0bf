import { largeObjects } from '../../postgres/comparison/dump-contents.ts';
import type { Row } from '../../postgres/comparison/row-events.ts';
import type { DumpDifference, RowsDifference } from './compare-dumps.ts';

/** One difference between two dumps, in words. */
export interface Difference {
  /** "table public.orders", "index public.orders_pkey", "owners and grants". */
  readonly object: string;
  readonly what: string;
}

/** All of them; `names`: what the two are called. */
export function differencesInWords(
  difference: DumpDifference | undefined,
  [a, b]: readonly [string, string],
): Difference[] {
  if (!difference) return [];
  const { onlyInA, onlyInB, changed, rows, access, encodings } = difference;
  return [
    ...(encodings ? [{ object: 'encoding', what: `${encodings[0]} in ${a}, ${encodings[1]} in ${b}` }] : []),
    ...onlyInA.map(object => ({ object, what: `only in ${a}` })),
    ...onlyInB.map(object => ({ object, what: `only in ${b}` })),
    ...changed.map(object => ({ object, what: `not the same in ${a} and in ${b}` })),
    ...rows.flatMap(one => rowsInWords(one, [a, b])),
    ...access.onlyInA.map(statement => ({ object: 'owners and grants', what: `only in ${a}: ${statement}` })),
    ...access.onlyInB.map(statement => ({ object: 'owners and grants', what: `only in ${b}: ${statement}` })),
  ];
}

function rowsInWords(
  { table, rowsInA, rowsInB, onlyInA, onlyInB }: RowsDifference,
  [a, b]: readonly [string, string],
): Difference[] {
  const object = table === largeObjects ? table : `table ${table}`;
  const counts = rowsInA === rowsInB ? [] : [{ object, what: `${rowsInA} rows in ${a}, ${rowsInB} in ${b}` }];
  const only = (rows: readonly Row[], where: string) =>
    rows.map(row => ({ object, what: `only in ${where}: row ${row.number}: ${excerpt(row.start)}` }));
  return [...counts, ...only(onlyInA, a), ...only(onlyInB, b)];
}

function excerpt(start: Buffer): string {
  const text = start.toString('utf8');
  return text.length > excerptLength ? `${text.slice(0, excerptLength)}…` : text;
}

const excerptLength = 100;
