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
  if (!parts || facts.lineEnds !== 'lf') return undefined;
  const { texts } = parts;
  const last = texts.length - 1;
  const tables = facts.tables.filter(({ inserts }) => !inserts);
  const runsStart = layout.runs[0]?.start ?? Number.POSITIVE_INFINITY;
  // The rows of a table may be in several parts, one after the other; then these are one.
  const borders = texts.flatMap(({ start }, index) => (index > 0 && !isAcross(start, layout) ? [index] : []));
  if (last < 2 || borders[0] !== 1 || borders.at(-1) !== last || runsStart < texts[last]!.start)
    return undefined;
  const middle = borders.slice(1).map((end, index) => {
    const part = parts.from(borders[index]!, end);
    const [from, to] = [firstFrom(part.text.start, layout), firstFrom(part.text.end, layout)];
    return { part, copies: layout.copies.slice(from, to), tables: tables.slice(from, to) };
  });
  if (!middle.every(({ part }) => isRowsOnly(part.text, layout))) return undefined;
  return {
    first: parts.from(0, 1),
    middle,
    last: parts.from(last, last + 1),
    inFirst: tables.slice(0, firstFrom(texts[1]!.start, layout)),
    inLast: tables.slice(firstFrom(texts[last]!.start, layout)),
  };
}

/** Nothing else is in it. */
function isRowsOnly({ start, end }: ByteRange, { stretches }: LoadLayout): boolean {
  return stretches.some(stretch => stretch.start <= start && end <= stretch.end);
}

/** Whether a COPY begins before that place and ends behind it. */
function isAcross(offset: number, { copies }: LoadLayout): boolean {
  const copy = copies[firstFrom(offset, { copies }) - 1];
  return copy !== undefined && copy.end > offset;
}

/** The index of the first COPY that begins there or later. */
function firstFrom(offset: number, { copies }: Pick<LoadLayout, 'copies'>): number {
  const index = copies.findIndex(({ start }) => start >= offset);
  return index < 0 ? copies.length : index;
}
