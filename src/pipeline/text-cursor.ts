import { type ByteRange, createStripper } from '../postgres/dump-text/strip-ranges.ts';

/** A text that is read once, from its first to its last byte, as far as is asked each time. */
export interface TextCursor {
  /** What stands up to that offset and was not read yet; what was read last has to be taken first. */
  upTo(offset: number): AsyncGenerator<Buffer>;
  rest(): AsyncGenerator<Buffer>;
}

/** The text, whose first byte is at `start`, without the ranges; an offset is never inside one of them. */
export function textCursor(source: AsyncIterable<Buffer>, drop: readonly ByteRange[], start = 0): TextCursor {
  const chunks = source[Symbol.asyncIterator]();
  const strip = createStripper(drop, start);
  let at = start;
  let left: Buffer = Buffer.alloc(0);
  const cursor: TextCursor = {
    async *upTo(offset) {
      while (at < offset) {
        if (left.length === 0) {
          const next = await chunks.next();
          if (next.done) return;
          left = next.value;
        }
        const piece = left.subarray(0, offset - at);
        left = left.subarray(piece.length);
        at += piece.length;
        yield* strip(piece);
      }
    },
    rest: () => cursor.upTo(Number.POSITIVE_INFINITY),
  };
  return cursor;
}
