import {
  type AccessDifference,
  compareAccess,
  type DumpedAccess,
} from '../../postgres/comparison/access-difference.ts';
import { compareContents } from '../../postgres/comparison/compare.ts';
import { createBucketRows, rowsMissingIn } from '../../postgres/comparison/differing-rows.ts';
import type { DumpContents } from '../../postgres/comparison/dump-contents.ts';
import type { Row } from '../../postgres/comparison/row-events.ts';
import { createRowSums, differingBuckets } from '../../postgres/comparison/row-sums.ts';
import { listen } from '../../postgres/dump-text/listen.ts';
import type { ReadDumpText } from '../../postgres/dumped-text.ts';

/** A dump that is compared with another one. */
export interface ComparedDump {
  readonly contents: DumpContents;
  readonly access: DumpedAccess;
  /** Reads its text again; asked for only where rows may be in another order. */
  readonly read: ReadDumpText;
}

export interface RowsDifference {
  readonly table: string;
  readonly rowsInA: number;
  readonly rowsInB: number;
  /** The first few that the other one does not have, not all of them. */
  readonly onlyInA: readonly Row[];
  readonly onlyInB: readonly Row[];
}

export interface DumpDifference {
  /** Objects in words: "index public.orders_pkey". */
  readonly onlyInA: readonly string[];
  readonly onlyInB: readonly string[];
  readonly changed: readonly string[];
  readonly rows: readonly RowsDifference[];
  readonly access: AccessDifference;
  /** Encodings, where they are not the same. */
  readonly encodings: readonly [string | undefined, string | undefined] | undefined;
}

/** In what two dumps differ. Tables have the same rows in whatever order. Rejects as reading them does. */
export async function compareDumps(a: ComparedDump, b: ComparedDump): Promise<DumpDifference> {
  const { rows, ...objects } = compareContents(a.contents, b.contents);
  const encodings = [a.contents.encoding, b.contents.encoding] as const;
  return {
    ...objects,
    rows: rows.length === 0 ? [] : await compareRows(a, b, new Set(rows)),
    access: compareAccess(a.access, b.access),
    encodings: encodings[0] === encodings[1] ? undefined : encodings,
  };
}

/** Two more readings of each: one for sums that tell whether any row differs, and one to name the first that do. */
async function compareRows(
  a: ComparedDump,
  b: ComparedDump,
  tables: ReadonlySet<string>,
): Promise<RowsDifference[]> {
  const [sumsOfA, sumsOfB] = await ofEach(a, b, () => createRowSums(tables));
  const differing = new Map<string, ReadonlySet<number>>();
  for (const table of tables) {
    const buckets = differingBuckets(sumsOfA.get(table)!, sumsOfB.get(table)!);
    if (buckets.size > 0) differing.set(table, buckets);
  }
  if (differing.size === 0) return [];
  const [rowsOfA, rowsOfB] = await ofEach(a, b, () => createBucketRows(differing));
  return [...differing.keys()].map(table => ({
    table,
    rowsInA: a.contents.tables.get(table)?.rows ?? 0,
    rowsInB: b.contents.tables.get(table)?.rows ?? 0,
    onlyInA: rowsMissingIn(rowsOfB.get(table)!, rowsOfA.get(table)!).slice(0, named),
    onlyInB: rowsMissingIn(rowsOfA.get(table)!, rowsOfB.get(table)!).slice(0, named),
  }));
}

const named = 3;

async function ofEach<Result>(
  a: ComparedDump,
  b: ComparedDump,
  create: () => { handler: Parameters<typeof listen>[1]; end(): Result },
): Promise<[Result, Result]> {
  const results: Result[] = [];
  for (const { read } of [a, b]) {
    const listener = create();
    await read(text => listen(text, listener.handler));
    results.push(listener.end());
  }
  return results as [Result, Result];
}

/** Whether they differ in anything. */
export function isSame({ onlyInA, onlyInB, changed, rows, access, encodings }: DumpDifference): boolean {
  const lists = [onlyInA, onlyInB, changed, rows, access.onlyInA, access.onlyInB];
  return lists.every(list => list.length === 0) && encodings === undefined;
}
