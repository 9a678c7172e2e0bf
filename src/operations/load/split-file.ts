import type { TableRows } from '../../postgres/dump-text/dump-tally.ts';
import type { CopyBlock, LoadLayout } from '../../postgres/dump-text/load-layout.ts';
import type { ByteRange } from '../../postgres/dump-text/strip-ranges.ts';
import type { CheckedFile } from '../file/check-file.ts';
import type { FilePart } from '../file/file-parts.ts';

/** A file whose middle has rows only, in parts that can be read and loaded by themselves. */
export interface SplitFile {
  readonly first: FilePart;
  readonly middle: readonly RowsPart[];
  readonly last: FilePart;
  /** The tables whose rows they have. */
  readonly inFirst: readonly TableRows[];
  readonly inLast: readonly TableRows[];
}

export interface RowsPart {
  readonly part: FilePart;
  readonly copies: readonly CopyBlock[];
  readonly tables: readonly TableRows[];
}

/** Undefined where there is no such middle: a manifest is believed only as far as the text bears it out. */
export function splitFile({ parts, facts }: CheckedFile, layout: LoadLayout): SplitFile | undefined {
  const first = parts?.[0];
  const last = parts?.at(-1);
  const between = parts?.slice(1, -1) ?? [];
  const tables = facts.tables.filter(({ inserts }) => !inserts);
  if (!first || !last || between.length === 0 || facts.lineEnds !== 'lf') return undefined;
  const runsStart = layout.runs[0]?.start ?? Number.POSITIVE_INFINITY;
  if (runsStart < last.text.start || !between.every(({ text }) => isRowsOnly(text, layout))) return undefined;
  const middle = between.map(part => {
    const [from, to] = [firstFrom(part.text.start, layout), firstFrom(part.text.end, layout)];
    return { part, copies: layout.copies.slice(from, to), tables: tables.slice(from, to) };
  });
  const inFirst = tables.slice(0, firstFrom(first.text.end, layout));
  const inLast = tables.slice(firstFrom(last.text.start, layout));
  return { first, middle, last, inFirst, inLast };
}

/** Nothing else is in it, and no COPY reaches across its ends. */
function isRowsOnly({ start, end }: ByteRange, { stretches, copies }: LoadLayout): boolean {
  const across = (offset: number) => {
    const copy = copies[firstFrom(offset, { copies }) - 1];
    return copy !== undefined && copy.end > offset;
  };
  return (
    stretches.some(stretch => stretch.start <= start && end <= stretch.end) && !across(start) && !across(end)
  );
}

/** The index of the first COPY that begins there or later. */
function firstFrom(offset: number, { copies }: Pick<LoadLayout, 'copies'>): number {
  const index = copies.findIndex(({ start }) => start >= offset);
  return index < 0 ? copies.length : index;
}
