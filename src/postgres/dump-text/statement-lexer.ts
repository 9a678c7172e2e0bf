import { badDump, excerpt } from './bad-dump.ts';
import * as kinds from './byte-kinds.ts';
import { createFunctionBody } from './function-body.ts';
import { countLines, endOfColon, endOfDollarTag, endOfNumber, endOfWord } from './token-ends.ts';

/** Finds where a statement ends, as psql does, and refuses what psql could read in another way. */
export interface StatementLexer {
  /** Starts before the first word of a statement. `standardStrings`: whether a backslash in '…' is just one. */
  begin(keyword: string, line: number, standardStrings: boolean): void;
  /**
   * Reads on and returns where it stopped: behind the line that ends the statement (`ended` is true then), or at
   * a token that only more text can complete, from which the next call must go on.
   */
  read(text: Buffer, from: number): number;
  readonly ended: boolean;
  /** The number of the line that comes next. */
  readonly line: number;
  /** How many pairs of parentheses stood at the outermost level: the rows of an INSERT, and its column list. */
  readonly groups: number;
}

/**
 * psql scans line by line while the server sees the whole statement, and the rules differ between versions; the
 * reader accepts only what all of them read alike. Refused for that reason: two string constants in a row (the
 * server joins them across a newline and keeps the escapes of the first, psql starts afresh), U&'…', N'…' and X'…',
 * numbers that run into a name or a dollar sign, and comments inside statements.
 * Source: src/fe_utils/psqlscan.l and src/bin/psql/mainloop.c of PostgreSQL 13 to 18.
 */
export function createStatementLexer(): StatementLexer {
  const body = createFunctionBody();
  let mode = readCode;
  let line = 1;
  let depth = 0;
  let groups = 0;
  let ended = false;
  let standardStrings = true;
  let afterConstant = false;
  let mayHaveBody = false;
  let quote = 0;
  let escapes = false;
  let tag: Buffer = Buffer.alloc(0);

  return {
    begin(keyword, firstLine, standard) {
      body.begin();
      mayHaveBody = keyword === 'CREATE';
      mode = readCode;
      line = firstLine;
      standardStrings = standard;
      depth = 0;
      groups = 0;
      ended = false;
      afterConstant = false;
    },
    read(text, from) {
      let at = from;
      for (;;) {
        const current = mode;
        const next = current(text, at);
        if (ended || (next === at && current === mode)) return next;
        at = next;
      }
    },
    get ended() {
      return ended;
    },
    get line() {
      return line;
    },
    get groups() {
      return groups;
    },
  };

  /** Every token that touches the end of the text is left for the next call: it may go on. */
  function readCode(text: Buffer, from: number): number {
    const { kindOfByte } = kinds;
    const last = text.length - 1;
    let at = from;
    while (at <= last) {
      const kind = kindOfByte[text[at]!];
      switch (kind) {
        case kinds.blank:
          at += 1;
          continue;
        case kinds.newline:
          line += 1;
          at += 1;
          continue;
        case kinds.mark:
          at += 1;
          break;
        case kinds.word: {
          const end = endOfWord(text, at);
          if (end > last) return at;
          if (text[end] === 0x27) return openPrefixed(text, at, end);
          if (mayHaveBody && !body.word(text, at, end, depth === 0)) throw strayBegin(text, at);
          at = end;
          break;
        }
        case kinds.digit: {
          const end = endOfNumber(text, at);
          if (end > last) return at;
          if (kinds.continuesWord(text[end]!)) throw refusal('a number that runs into a name', text, at);
          at = end;
          break;
        }
        case kinds.apostrophe:
          return openConstant(text, at, !standardStrings);
        case kinds.quotationMark:
          quote = 0x22;
          escapes = false;
          mode = readQuoted;
          return at + 1;
        case kinds.dollar: {
          const end = endOfDollarTag(text, at);
          if (end > last) return at;
          if (end > 0) {
            tag = Buffer.from(text.subarray(at, end));
            mode = readDollarQuoted;
            return end;
          }
          // A parameter: $1. Its digits are read as a number, so nothing can run into it.
          if (kindOfByte[text[at + 1]!] !== kinds.digit) throw refusal('a lone dollar sign', text, at);
          at += 1;
          break;
        }
        case kinds.openParenthesis:
          if (depth === 0) groups += 1;
          depth += 1;
          at += 1;
          break;
        case kinds.closeParenthesis:
          if (depth === 0) throw refusal('an unmatched parenthesis', text, at);
          depth -= 1;
          at += 1;
          break;
        case kinds.semicolon:
          if (depth === 0 && !body.open) return endStatement(text, at);
          at += 1;
          break;
        case kinds.colon: {
          const end = endOfColon(text, at);
          if (end > last) return at;
          if (end === 0) throw refusal('a psql variable', text, at);
          at = end;
          break;
        }
        case kinds.dash:
        case kinds.slash:
          if (at === last) return at;
          if (text[at + 1] === (kind === kinds.dash ? 0x2d : 0x2a))
            throw refusal('a comment inside a statement', text, at);
          at += 1;
          break;
        case kinds.ampersand:
          if (at === last) return at;
          if (text[at + 1] === 0x27 || text[at + 1] === 0x22)
            throw refusal('a quotation with Unicode escapes', text, at);
          at += 1;
          break;
        default:
          throw refusedByte(text, at);
      }
      afterConstant = false;
    }
    return at;
  }

  /** In '…', "…" and E'…', where a quote that is doubled does not end them. */
  function readQuoted(text: Buffer, from: number): number {
    const last = text.length - 1;
    let at = from;
    while (at <= last) {
      const byte = text[at];
      if (byte === quote) {
        if (at === last) return at;
        if (text[at + 1] !== quote) {
          mode = readCode;
          afterConstant = quote === 0x27;
          return at + 1;
        }
        at += 2;
      } else if (byte === 0x5c && escapes) {
        if (at === last) return at;
        if (text[at + 1] === 10) line += 1;
        at += 2;
      } else {
        if (byte === 10) line += 1;
        at += 1;
      }
    }
    return at;
  }

  /** In B'…', where psql knows no doubled quote. */
  function readBits(text: Buffer, from: number): number {
    let at = from;
    while (text[at] === 0x30 || text[at] === 0x31) at += 1;
    if (at === text.length) return at;
    if (text[at] !== 0x27) throw refusal('a bit string of other than 0 and 1', text, at);
    mode = readCode;
    afterConstant = true;
    return at + 1;
  }

  function readDollarQuoted(text: Buffer, from: number): number {
    const found = text.indexOf(tag, from);
    const end = found === -1 ? Math.max(from, text.length - tag.length + 1) : found + tag.length;
    line += countLines(text, from, end);
    if (found !== -1) {
      mode = readCode;
      afterConstant = false;
    }
    return end;
  }

  function openPrefixed(text: Buffer, at: number, end: number): number {
    const prefix = end - at === 1 ? text[at]! | 0x20 : 0;
    if (prefix === 0x65) return openConstant(text, end, true);
    if (prefix !== 0x62) throw refusal('a string constant with a prefix', text, at);
    openConstant(text, end, false);
    mode = readBits;
    return end + 1;
  }

  function openConstant(text: Buffer, at: number, withEscapes: boolean): number {
    if (afterConstant) throw refusal('two string constants in a row', text, at);
    quote = 0x27;
    escapes = withEscapes;
    mode = readQuoted;
    return at + 1;
  }

  /** One statement a line: psql takes over new settings only with the next line. */
  function endStatement(text: Buffer, at: number): number {
    let end = at + 1;
    while (text[end] === 0x20 || text[end] === 0x09) end += 1;
    if (end === text.length) return at;
    if (text[end] === 13) throw refusedByte(text, end);
    if (text[end] !== 10) throw refusal('more text behind the end of a statement', text, end);
    line += 1;
    ended = true;
    return end + 1;
  }

  function refusedByte(text: Buffer, at: number) {
    if (text[at] === 0x5c) return refusal('psql meta-command', text, at);
    if (text[at] === 13) return badDump(`line ends are mixed: a carriage return at line ${line}`);
    return refusal('a control character', text, at);
  }

  function strayBegin(text: Buffer, at: number) {
    return badDump(
      `a name that psql takes for the start of a body at line ${line}: ${excerpt(text, at)}`,
      'psql 14 and later cannot restore this dump: rename what is called "begin" in the source database, then make a new backup with "db-orchestrate backup".',
    );
  }

  function refusal(what: string, text: Buffer, at: number) {
    return badDump(`${what} at line ${line}: ${excerpt(text, at)}`);
  }
}
