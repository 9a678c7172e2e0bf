/** A name as pg_dump's fmtId and the server's quote_ident write it; matches text whose characters are bytes (latin1). */
export const namePattern = '(?:[a-z_][a-z0-9_]*|"(?:[^"]|"")+")';

/** A name of a table or the like, with or without its schema. */
export const qualifiedNamePattern = `${namePattern}(?:\\.${namePattern})?`;

/** The name itself, without quotes. */
export function unquote(written: string): string {
  return decode(written.startsWith('"') ? written.slice(1, -1).replaceAll('""', '"') : written);
}

/**
 * Bytes as characters, turned into text. A dump may be in any encoding: what is no UTF-8 stays as it is, so that
 * two names never become one.
 */
export function decode(bytes: string): string {
  try {
    return utf8.decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return bytes;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
