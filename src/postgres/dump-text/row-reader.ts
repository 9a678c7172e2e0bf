import { badDump, excerpt } from './bad-dump.ts';
import { countLines } from './token-ends.ts';

/** Finds the end of a COPY's rows. */
export interface RowReader {
  begin(line: number): void;
  /**
   * Reads on and returns where it stopped: behind the line `\.` (`ended` is true then), else where only more text
   * can tell whether that line begins.
   */
  read(text: Buffer, from: number): number;
  readonly ended: boolean;
  readonly rows: number;
  /** The number of the line that comes next. */
  readonly line: number;
}

/**
 * COPY writes newlines, carriage returns and backslashes of values as escapes, so a line is a row and none but the
 * last begins with `\.`. Anything else psql and the server's versions end in different places, and it is refused.
 */
export function createRowReader(): RowReader {
  let line = 1;
  let rows = 0;
  let ended = false;
  let atLineStart = true;
  let searched: Buffer | undefined;
  let carriageReturn = -1;

  return {
    begin(firstLine) {
      line = firstLine;
      rows = 0;
      ended = false;
      atLineStart = true;
    },
    read(text, from) {
      const stop = readRows(text, from);
      // Searched once per text, not once per table: a text may hold thousands of small ones.
      if (searched !== text || (carriageReturn !== -1 && carriageReturn < from)) {
        searched = text;
        carriageReturn = text.indexOf(13, from);
      }
      if (carriageReturn !== -1 && carriageReturn < stop)
        throw badDump(
          `line ends are mixed: a carriage return at line ${line - countLines(text, carriageReturn, stop)}`,
        );
      return stop;
    },
    get ended() {
      return ended;
    },
    get rows() {
      return rows;
    },
    get line() {
      return line;
    },
  };

  function readRows(text: Buffer, from: number): number {
    let at = from;
    while (at < text.length) {
      if (atLineStart && text[at] === 0x5c) {
        if (at + 1 === text.length) return at;
        if (text[at + 1] === 0x2e) {
          if (at + 2 === text.length) return at;
          if (text[at + 2] !== 10) throw brokenEnd(text, at);
          line += 1;
          ended = true;
          return at + 3;
        }
      }
      const lineEnd = text.indexOf(10, at);
      atLineStart = lineEnd !== -1;
      if (lineEnd === -1) return text.length;
      rows += 1;
      line += 1;
      at = lineEnd + 1;
    }
    return at;
  }

  function brokenEnd(text: Buffer, at: number) {
    return text[at + 2] === 13
      ? badDump(`line ends are mixed: a carriage return at line ${line}`)
      : badDump(`a broken end of rows at line ${line}: ${excerpt(text, at)}`);
  }
}
