import type { DumpHandler } from '../dump-text/dump-reader.ts';
import { createRowEvents } from './row-events.ts';

/**
 * Sums of the digests of a table's rows, the same in whatever order they came: equal sums mean equal rows, each as
 * often. Rows fall into buckets by their digest, so that a difference is narrowed down to few of them.
 */
export type RowSums = ReadonlyMap<string, Uint32Array>;

const buckets = 256;
const lanes = 8;

export function bucketOf(digest: Buffer): number {
  return digest.readUInt32LE(0) % buckets;
}

/** Of the wanted tables, in memory that does not grow with their rows: 8 KiB a table. */
export function createRowSums(wanted: ReadonlySet<string>): {
  readonly handler: DumpHandler;
  end(): RowSums;
} {
  const sums = new Map([...wanted].map(table => [table, new Uint32Array(buckets * lanes)]));
  const events = createRowEvents(wanted, ({ table, digest }) => {
    const sum = sums.get(table)!;
    const at = bucketOf(digest) * lanes;
    for (let lane = 0; lane < lanes; lane += 1) sum[at + lane]! += digest.readUInt32LE(lane * 4);
  });
  return {
    handler: events.handler,
    end() {
      events.end();
      return sums;
    },
  };
}

/** The first few buckets in which two tables' rows differ; none when they have the same rows. */
export function differingBuckets(a: Uint32Array, b: Uint32Array): ReadonlySet<number> {
  const found = new Set<number>();
  for (let at = 0; at < a.length && found.size < 4; at += 1) {
    if (a[at] !== b[at]) found.add(Math.floor(at / lanes));
  }
  return found;
}
