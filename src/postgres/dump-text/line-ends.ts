import { badDump } from './bad-dump.ts';

/** Gives a dump's text LF line ends, whatever a terminal or Windows made of them. */
export interface LineEnds {
  /** What can be passed on so far: a view on the chunk, or a new buffer. */
  push(chunk: Buffer): Buffer;
  /** What was held back. */
  end(): Buffer;
  readonly style: 'lf' | 'crlf';
}

/**
 * The first line tells the style. With CRLF every LF follows a CR, and dropping that one CR undoes exactly what a
 * terminal did, also inside values; a bare LF then means that somebody edited the file: `bad-file`. With LF every CR
 * is a byte like any other.
 */
export function createLineEnds(): LineEnds {
  let style: 'lf' | 'crlf' | undefined;
  let line = 1;
  let heldBack = false;

  return {
    push(chunk) {
      if (style === 'lf') return chunk;
      style ??= styleOf(chunk);
      if (style === undefined || style === 'lf') return passOn(chunk);
      return dropCarriageReturns(chunk);
    },
    end() {
      return Buffer.from(heldBack ? '\r' : '');
    },
    get style() {
      return style ?? 'lf';
    },
  };

  function styleOf(chunk: Buffer): 'lf' | 'crlf' | undefined {
    const lineEnd = chunk.indexOf(10);
    if (lineEnd === -1) return undefined;
    return (lineEnd === 0 ? heldBack : chunk[lineEnd - 1] === 13) ? 'crlf' : 'lf';
  }

  /** Before the first newline a CR at the end may turn out to be the one to drop. */
  function passOn(chunk: Buffer): Buffer {
    if (chunk.length === 0) return chunk;
    const text = heldBack ? Buffer.concat([Buffer.from('\r'), chunk]) : chunk;
    heldBack = style === undefined && text.at(-1) === 13;
    return heldBack ? text.subarray(0, -1) : text;
  }

  function dropCarriageReturns(chunk: Buffer): Buffer {
    const out = Buffer.allocUnsafe(chunk.length + 1);
    let length = 0;
    let previous = heldBack ? 13 : 0;
    if (heldBack) out[length++] = 13;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at]!;
      if (byte === 10) {
        if (previous !== 13)
          throw badDump(`line ends are mixed: no carriage return at the end of line ${line}`);
        line += 1;
        length -= 1;
      }
      out[length++] = byte;
      previous = byte;
    }
    heldBack = previous === 13;
    return out.subarray(0, heldBack ? length - 1 : length);
  }
}
