import { standardStringsAfter } from '../../src/postgres/dump-text/allowed-statement.ts';
import { badDump, excerpt, incompleteDump } from '../../src/postgres/dump-text/bad-dump.ts';
import { kindOfByte, word } from '../../src/postgres/dump-text/byte-kinds.ts';
import { parseCopy } from '../../src/postgres/dump-text/copy-target.ts';
import { readOn } from '../../src/postgres/dump-text/read-on.ts';
import { createRowReader } from '../../src/postgres/dump-text/row-reader.ts';
import { createStatementLexer } from '../../src/postgres/dump-text/statement-lexer.ts';
import { countLines, endOfBlanks, endOfWord } from '../../src/postgres/dump-text/token-ends.ts';

/** What a server is given at a time. */
export type Piece = { readonly sql: Uint8Array } | RowsPiece;

/** Some whole rows of a table, with the COPY that takes them. */
export interface RowsPiece {
  readonly sql: Uint8Array;
  readonly rows: Uint8Array;
  /** Whether they are the first and the last of their COPY. */
  readonly part: { readonly first: boolean; readonly last: boolean };
}

export interface StatementCutter {
  /** Reads on. Throws `bad-file` for what psql and this could read in different ways. */
  push(chunk: Buffer): Piece[];
  /** Throws `bad-file` when the text ends inside something. */
  end(): void;
}

/** Rows that are in memory at one time. */
const mostRows = 4 * 1024 * 1024; // bytes

/** Cuts SQL text, one statement a line, as psql does. Its own commands are refused, but for `\restrict` and `\unrestrict`. */
export function createStatementCutter(): StatementCutter {
  const lexer = createStatementLexer();
  const rowReader = createRowReader();
  let read = readBetween;
  let carry: Buffer = Buffer.alloc(0);
  let line = 1;
  let standardStrings = true;
  let held: Buffer[] = [];
  let heldBytes = 0;
  let copy: Buffer = Buffer.alloc(0);
  let first = true;
  let pieces: Piece[] = [];

  return {
    push(chunk) {
      carry = readOn(carry, chunk, () => read);
      const found = pieces;
      pieces = [];
      return found;
    },
    end() {
      if (read !== readBetween || carry.length > 0) throw incompleteDump(`the text ends inside line ${line}`);
    },
  };

  function readBetween(text: Buffer, from: number): number {
    const at = endOfBlanks(text, from);
    line += countLines(text, from, at);
    if (at > from || at === text.length) return at;
    if (kindOfByte[text[at]!] === word) {
      const end = endOfWord(text, at);
      if (end === text.length) return at;
      lexer.begin(text.toString('latin1', at, end), line, standardStrings);
      read = readStatement;
      return at;
    }
    const lineEnd = text.indexOf(10, at);
    if (lineEnd === -1) return at;
    const passes = /^(?:--[^\r]*|\\(?:un)?restrict \w+)$/.test(text.toString('latin1', at, lineEnd));
    if (!passes) throw badDump(`no statement at line ${line}: ${excerpt(text, at)}`);
    line += 1;
    return lineEnd + 1;
  }

  function readStatement(text: Buffer, from: number): number {
    const next = lexer.read(text, from);
    hold(text.subarray(from, next));
    if (!lexer.ended) return next;
    const statement = takeHeld();
    line = lexer.line;
    read = readBetween;
    standardStrings = standardStringsAfter(statement) ?? standardStrings;
    if (!/^COPY\s/i.test(statement.toString('latin1', 0, 5))) pieces.push({ sql: statement });
    else beginRows(statement);
    return next;
  }

  function beginRows(statement: Buffer): void {
    const written = statement.toString('latin1').trimEnd();
    if (!parseCopy(Buffer.from(written, 'latin1')))
      throw badDump(`a COPY of another form than pg_dump's at line ${line}: ${excerpt(statement)}`);
    copy = Buffer.from(written.replace(/ FROM stdin;$/, " FROM '/dev/blob';"), 'latin1');
    first = true;
    rowReader.begin(line);
    read = readRows;
  }

  function readRows(text: Buffer, from: number): number {
    const next = rowReader.read(text, from);
    hold(text.subarray(from, rowReader.ended ? next - 3 : next));
    if (rowReader.ended) {
      pieces.push({ sql: copy, rows: takeHeld(), part: { first, last: true } });
      line = rowReader.line;
      read = readBetween;
    } else if (heldBytes > mostRows) {
      const rows = takeHeld();
      const end = rows.lastIndexOf(10) + 1;
      if (end > 0) {
        pieces.push({ sql: copy, rows: rows.subarray(0, end), part: { first, last: false } });
        first = false;
      }
      hold(rows.subarray(end));
    }
    return next;
  }

  function hold(piece: Buffer): void {
    if (piece.length > 0) held.push(Buffer.from(piece));
    heldBytes += piece.length;
  }

  function takeHeld(): Buffer {
    const all = held.length === 1 ? held[0]! : Buffer.concat(held);
    held = [];
    heldBytes = 0;
    return all;
  }
}
