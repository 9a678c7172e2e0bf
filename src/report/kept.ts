import type { UndoRecord } from '../store/undo-record.ts';
import { dateInWords, sizeInWords } from './words.ts';

/** That a restore can be undone, as `list` says it. */
export function describeKept(target: string, { database, replacedAt, bytes }: UndoRecord): string {
  const what = `${database} (${sizeInWords(bytes)}) since ${dateInWords(new Date(replacedAt))}`;
  return `undo: what a restore of ${target} replaced is kept, ${what}; put it back with: db-orchestrate undo --target ${target}`;
}
