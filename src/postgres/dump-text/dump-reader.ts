import { checkStatement, standardStringsAfter, statementWords } from './allowed-statement.ts';
import { badDump, excerpt, incompleteDump } from './bad-dump.ts';
import { kindOfByte, word } from './byte-kinds.ts';
import { type CopyTarget, parseCopy } from './copy-target.ts';
import { foreignLine, isNotice } from './foreign-text.ts';
import { readOn } from './read-on.ts';
import { createRowReader } from './row-reader.ts';
import { createStatementLexer } from './statement-lexer.ts';
import { countLines, endOfBlanks, endOfWord } from './token-ends.ts';

/** What a dump's text consists of, in its order. Buffers are views on what was pushed: copy what must last. */
export interface DumpHandler {
  onStatement?(statement: DumpStatement): void;
  /** What of a statement does not fit into its `text`, piece by piece, before its `onStatement`. */
  onStatementRest?(piece: Buffer): void;
  /** A comment line between statements. */
  onComment?(line: DumpLine): void;
  /** `\restrict KEY` or `\unrestrict KEY`. Refused when there is no handler. */
  onRestriction?(line: DumpLine): void;
  /** A line that a program wrote to its stderr. Refused when there is no handler. */
  onNotice?(line: DumpLine): void;
  /** Follows the `onStatement` of the COPY. */
  onCopyStart?(target: CopyTarget): void;
  /** Rows as they stand in the text, cut anywhere. */
  onCopyRows?(rows: Buffer): void;
  onCopyEnd?(end: CopyEnd): void;
}

/** Offsets are bytes from the start of the text; `end` is behind the newline. */
export interface DumpLine {
  readonly offset: number;
  readonly end: number;
  readonly line: number;
  /** Without the newline. */
  readonly text: Buffer;
}

export interface DumpStatement extends DumpLine {
  /** Its first word. */
  readonly keyword: string;
  /** Whether `text` is only the first 256 KiB. */
  readonly truncated: boolean;
  /** Pairs of parentheses at the outermost level: the rows of an INSERT, and its column list. */
  readonly groups: number;
}

export interface CopyEnd {
  readonly rows: number;
  /** Of the line `\.` that ends the rows. */
  readonly offset: number;
  readonly end: number;
}

export interface DumpReader {
  /** Reads on. Throws `bad-file` for what pg_dump never writes. The handlers run meanwhile. */
  push(chunk: Buffer): void;
  /** Throws `bad-file` when the text ends inside something. */
  end(): void;
}

const textLimit = 256 * 1024;
/** No name, number or line between statements is as long. */
const tokenLimit = 1024 * 1024;

/**
 * Reads the plain text of pg_dump, in constant memory, as psql would: where statements, rows and comments begin and
 * end. An allow-list: whatever pg_dump never writes is refused, above all what psql would obey. The text may be in any
 * encoding that a server has; line ends are LF.
 *
 * What it cannot see: code inside the dump that changes client_encoding or standard_conforming_strings while it is
 * loaded would make psql read the rest in another way. A psql that knows `\restrict` is not open to that.
 */
export function createDumpReader(handler: DumpHandler, firstLine = 1): DumpReader {
  const lexer = createStatementLexer();
  const rowReader = createRowReader();
  let read = readBetween;
  let carry: Buffer = Buffer.alloc(0);
  /** Of the first byte of what is being read. */
  let offset = 0;
  let line = firstLine;
  let standardStrings = true;
  let keyword = '';
  let statementOffset = 0;
  let head: Buffer[] = [];
  let headBytes = 0;

  return {
    push(chunk) {
      // psql's line reader ends a line at a zero byte, so it would read another text than this one.
      const zero = chunk.indexOf(0);
      readAll(zero === -1 ? chunk : chunk.subarray(0, zero));
      if (zero !== -1) throw badDump(`a zero byte at line ${currentLine()}`);
    },
    end() {
      if (read === readRows)
        throw incompleteDump(`it ends inside the rows of a table at line ${currentLine()}`);
      if (read === readStatement)
        throw incompleteDump(`it ends inside the statement that begins at line ${line}`);
      if (carry.length > 0) throw incompleteDump(`it ends inside line ${line}`);
    },
  };

  function readAll(chunk: Buffer): void {
    carry = readOn(
      carry,
      chunk,
      () => read,
      bytes => {
        offset += bytes;
      },
    );
    if (carry.length > tokenLimit) throw badDump(`a line or name without an end at line ${currentLine()}`);
  }

  function readBetween(text: Buffer, from: number): number {
    const at = endOfBlanks(text, from);
    line += countLines(text, from, at);
    if (at > from || at === text.length) return at;
    if (kindOfByte[text[at]!] === word) {
      const end = endOfWord(text, at);
      if (end === text.length) return at;
      const first = text.toString('latin1', at, end);
      if (statementWords.has(first)) return beginStatement(first, at);
    }
    const lineEnd = text.indexOf(10, at);
    if (lineEnd === -1) return at;
    readLine(text.subarray(at, lineEnd));
    line += 1;
    return lineEnd + 1;
  }

  function readLine(text: Buffer): void {
    const found = { offset, end: offset + text.length + 1, line, text };
    // psql ends a comment at a carriage return and would go on with what follows.
    if (text.includes(13)) throw badDump(`line ends are mixed: a carriage return at line ${line}`);
    if (text[0] === 0x2d && text[1] === 0x2d) handler.onComment?.(found);
    else if (
      handler.onRestriction &&
      /^\\(?:un)?restrict [A-Za-z0-9]+$/.test(text.toString('latin1', 0, 200))
    )
      handler.onRestriction(found);
    else if (handler.onNotice && isNotice(text)) handler.onNotice(found);
    else throw foreignLine(text, line);
  }

  function beginStatement(first: string, at: number): number {
    keyword = first;
    statementOffset = offset;
    head = [];
    headBytes = 0;
    lexer.begin(first, line, standardStrings);
    read = readStatement;
    return at;
  }

  function readStatement(text: Buffer, from: number): number {
    const next = lexer.read(text, from);
    const whole = text.subarray(from, next - (lexer.ended ? 1 : 0));
    const piece = whole.subarray(0, textLimit - headBytes);
    headBytes += piece.length;
    if (whole.length > piece.length) handler.onStatementRest?.(whole.subarray(piece.length));
    if (lexer.ended)
      endStatement(head.length === 0 ? piece : Buffer.concat([...head, piece]), offset + next - from);
    else if (piece.length > 0) head.push(Buffer.from(piece));
    return next;
  }

  function endStatement(text: Buffer, end: number): void {
    const truncated = end - 1 - statementOffset > text.length;
    checkStatement(keyword, text, line);
    const target = keyword === 'COPY' && !truncated ? parseCopy(text) : undefined;
    if (keyword === 'COPY' && !target)
      throw badDump(`a COPY of another form than pg_dump's at line ${line}: ${excerpt(text)}`);
    if (keyword === 'SET') standardStrings = standardStringsAfter(text) ?? standardStrings;
    handler.onStatement?.({
      keyword,
      offset: statementOffset,
      end,
      line,
      text,
      truncated,
      groups: lexer.groups,
    });
    line = lexer.line;
    read = readBetween;
    if (target) {
      rowReader.begin(line);
      read = readRows;
      handler.onCopyStart?.(target);
    }
  }

  function readRows(text: Buffer, from: number): number {
    const next = rowReader.read(text, from);
    const rowsEnd = rowReader.ended ? next - 3 : next;
    if (rowsEnd > from) handler.onCopyRows?.(text.subarray(from, rowsEnd));
    if (rowReader.ended) {
      const end = offset + next - from;
      handler.onCopyEnd?.({ rows: rowReader.rows, offset: end - 3, end });
      line = rowReader.line;
      read = readBetween;
    }
    return next;
  }

  function currentLine(): number {
    return read === readRows ? rowReader.line : read === readStatement ? lexer.line : line;
  }
}
