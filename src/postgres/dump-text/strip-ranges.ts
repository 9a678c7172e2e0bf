/** Bytes from `start` up to, but not including, `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
  /** What stands there then, if not nothing. */
  readonly instead?: Buffer;
}

/** The stream without, or with something instead of, the given ranges of its bytes; they are in order and do not overlap. */
export async function* stripRanges(
  source: AsyncIterable<Buffer>,
  ranges: readonly ByteRange[],
): AsyncGenerator<Buffer, void, undefined> {
  const strip = createStripper(ranges);
  for await (const chunk of source) yield* strip(chunk);
}

/** The same for pieces that follow one another from `start` on. Ranges begin before or behind it, never across it. */
export function createStripper(ranges: readonly ByteRange[], start = 0): (piece: Buffer) => Buffer[] {
  let offset = start;
  let next = ranges.findIndex(range => range.end > start);
  if (next < 0) next = ranges.length;
  return piece => {
    const end = offset + piece.length;
    const left: Buffer[] = [];
    let kept = offset;
    for (let range = ranges[next]; range && range.start < end; range = ranges[next]) {
      if (range.start > kept) left.push(piece.subarray(kept - offset, range.start - offset));
      if (range.instead && range.start >= offset) left.push(range.instead);
      kept = Math.max(kept, Math.min(range.end, end));
      if (range.end > end) break;
      next += 1;
    }
    if (kept < end) left.push(piece.subarray(kept - offset));
    offset = end;
    return left;
  };
}
