import type { UndoRecord } from '../store/undo-record.ts';
import { dateInWords, sizeInWords } from './words.ts';

/** That a restore can be undone, as `list` says it. */
export function describeKept(target: string, { database, replacedAt, bytes }: UndoRecord): string {
  return `undo: what a restore of ${target} replaced is kept, ${keptInWords(database, new Date(replacedAt), bytes)}; put it back with: db-orchestrate undo --target ${target}`;
}

/** "shop (9.3 MiB) since 2026-11-24 05:36:10". A role may not be allowed to know the size. */
export function keptInWords(database: string, since: Date, bytes: number | null): string {
  const size = bytes === null ? 'size unknown' : sizeInWords(bytes);
  return `${database} (${size}) since ${dateInWords(since)}`;
}
