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
  let offset = 0;
  let next = 0;
  for await (const chunk of source) {
    const end = offset + chunk.length;
    let kept = offset;
    for (let range = ranges[next]; range && range.start < end; range = ranges[next]) {
      if (range.start > kept) yield chunk.subarray(kept - offset, range.start - offset);
      if (range.instead && range.start >= offset) yield range.instead;
      kept = Math.max(kept, Math.min(range.end, end));
      if (range.end > end) break;
      next += 1;
    }
    if (kept < end) yield chunk.subarray(kept - offset);
    offset = end;
  }
}
