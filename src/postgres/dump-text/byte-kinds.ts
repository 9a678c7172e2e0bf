/*
 * What one byte of SQL text outside quotes begins. No kind, zero, is for what pg_dump never writes there: control
 * characters (psql before 16 does not take a vertical tab for a blank, later ones do) and the backslash, which starts
 * a meta-command.
 */
export const blank = 1;
export const newline = 2;
export const word = 3;
export const digit = 4;
export const mark = 5;
export const apostrophe = 6;
export const quotationMark = 7;
export const dollar = 8;
export const openParenthesis = 9;
export const closeParenthesis = 10;
export const semicolon = 11;
export const colon = 12;
export const dash = 13;
export const slash = 14;
export const ampersand = 15;

export const kindOfByte: Uint8Array = table();

/** Letters, digits, `_`, `$` and every byte above 127: psql takes all of them for parts of a name. */
export function continuesWord(byte: number): boolean {
  return kindOfByte[byte] === word || kindOfByte[byte] === digit || byte === 0x24;
}

function table(): Uint8Array {
  const kinds = new Uint8Array(256);
  const set = (characters: string, kind: number) => {
    for (const character of characters) kinds[character.charCodeAt(0)] = kind;
  };
  set(' \t', blank);
  set('\n', newline);
  set('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_', word);
  kinds.fill(word, 128);
  set('0123456789', digit);
  set(',.[]{}+*%<>=~!@#^|?`', mark);
  set("'", apostrophe);
  set('"', quotationMark);
  set('$', dollar);
  set('(', openParenthesis);
  set(')', closeParenthesis);
  set(';', semicolon);
  set(':', colon);
  set('-', dash);
  set('/', slash);
  set('&', ampersand);
  return kinds;
}
