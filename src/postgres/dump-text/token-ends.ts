import { continuesWord, digit, kindOfByte } from './byte-kinds.ts';

/** Where the blanks and newlines at `from` end, if there are any. */
export function endOfBlanks(text: Buffer, from: number): number {
  let at = from;
  while (text[at] === 10 || text[at] === 0x20 || text[at] === 0x09) at += 1;
  return at;
}

/** Where the word at `from` ends. Here and below `text.length` means: more text must tell. */
export function endOfWord(text: Buffer, from: number): number {
  let at = from + 1;
  while (at < text.length && continuesWord(text[at]!)) at += 1;
  return at;
}

/** Where the number at `from` ends, as pg_dump writes numbers: digits, one point, an exponent. */
export function endOfNumber(text: Buffer, from: number): number {
  let at = from + 1;
  while (at < text.length && (isDigit(text[at]!) || text[at] === 0x2e)) at += 1;
  if (text[at] !== 0x65) return at;
  const signed = text[at + 1] === 0x2b || text[at + 1] === 0x2d;
  let end = at + (signed ? 2 : 1);
  if (end >= text.length) return text.length;
  if (!isDigit(text[end]!)) return at;
  while (end < text.length && isDigit(text[end]!)) end += 1;
  return end;
}

/** Where the opening `$tag$` at `from` ends; 0 when there is none. */
export function endOfDollarTag(text: Buffer, from: number): number {
  let at = from + 1;
  while (at < text.length && text[at] !== 0x24 && continuesWord(text[at]!)) at += 1;
  if (at === text.length) return at;
  return text[at] === 0x24 && !isDigit(text[from + 1]!) ? at + 1 : 0;
}

/**
 * Where psql goes on after the colon at `from`; 0 when it could read a variable there. A slice that PostgreSQL writes,
 * `a[x:y]`, looks like one; psql leaves it alone unless a variable y is set, and those it sets itself are in upper
 * case (HOST, DBNAME, ROW_COUNT), as no unquoted name of a dump is. What touches such a name would be the end of it
 * for the server, and for psql the start of a quotation.
 */
export function endOfColon(text: Buffer, from: number): number {
  const next = text[from + 1];
  if (next === 0x3a || next === 0x3d) return from + 2;
  if (next === 0x27 || next === 0x7b) return 0;
  const start = from + (next === 0x22 ? 2 : 1);
  let at = start;
  while (at < text.length && text[at] !== 0x24 && continuesWord(text[at]!)) at += 1;
  if (at >= text.length) return text.length;
  const ownVariable = /^[A-Z][A-Z0-9_]*$/.test(text.toString('latin1', start, Math.min(at, start + 64)));
  if (next === 0x22) return ownVariable && text[at] === 0x22 ? 0 : from + 1;
  return ownVariable || (at > start && (text[at] === 0x24 || text[at] === 0x27)) ? 0 : at;
}

export function countLines(text: Buffer, from: number, to: number): number {
  let lines = 0;
  for (let at = from; at < to; at += 1) if (text[at] === 10) lines += 1;
  return lines;
}

function isDigit(byte: number): boolean {
  return kindOfByte[byte] === digit;
}
