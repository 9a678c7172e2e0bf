import type { DumpHandler } from '../dump-text/dump-reader.ts';
import { createRowEvents, type Row } from './row-events.ts';
import { bucketOf } from './row-sums.ts';

/** The rows of a few buckets of each table, by their digests. */
export interface BucketRows {
  readonly handler: DumpHandler;
  /** By table. A row that is there several times is there as often. */
  end(): Map<string, Map<string, Row[]>>;
}

/** No table needs more memory than this many rows; what differs beyond is not named. */
const limit = 200_000;

export function createBucketRows(wanted: ReadonlyMap<string, ReadonlySet<number>>): BucketRows {
  const found = new Map([...wanted].map(([table]) => [table, new Map<string, Row[]>()]));
  const events = createRowEvents(new Set(wanted.keys()), row => {
    const rows = found.get(row.table)!;
    if (!wanted.get(row.table)!.has(bucketOf(row.digest)) || rows.size >= limit) return;
    const digest = row.digest.toString('base64');
    // The start is a view on a chunk that would stay in memory as a whole.
    rows.set(digest, [...(rows.get(digest) ?? []), { ...row, start: Buffer.from(row.start) }]);
  });
  return {
    handler: events.handler,
    end() {
      events.end();
      return found;
    },
  };
}

/** What one has and the other has not, or not as often; in the order of the text. */
export function rowsMissingIn(other: ReadonlyMap<string, Row[]>, own: ReadonlyMap<string, Row[]>): Row[] {
  const missing = [...own].flatMap(([digest, rows]) => rows.slice(other.get(digest)?.length ?? 0));
  return missing.sort((a, b) => a.number - b.number);
}
