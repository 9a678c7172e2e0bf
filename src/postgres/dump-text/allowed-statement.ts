import { badDump, excerpt } from './bad-dump.ts';
import { namePattern as name } from './names.ts';

/** First words of the statements that pg_dump writes. */
export const statementWords: ReadonlySet<string> = new Set(
  'ALTER BEGIN COMMENT COMMIT COPY CREATE GRANT INSERT REFRESH RESET REVOKE SECURITY SELECT SET'.split(' '),
);

/**
 * Refuses a statement of another form than pg_dump's. Calls in SELECT and the settings that decide how psql reads
 * are matched whole. Objects are not an allow-list (each major adds kinds); what belongs to the whole server and not
 * to one database is refused, because a restore into a new database would change the live one's surroundings.
 * Source: src/bin/pg_dump of PostgreSQL 10 to 18.
 */
export function checkStatement(keyword: string, text: Buffer, line: number): void {
  // Whatever an INSERT says, it is data; there are millions of them.
  if (keyword === 'INSERT') return;
  const head = text.toString('latin1', 0, keyword === 'SELECT' ? text.length : 2048);
  const form = forms[keyword];
  const written = /^SET client_encoding = '(\w+)'/.exec(head)?.[1];
  if (written !== undefined && !safeEncoding.test(written))
    throw badDump(
      `an encoding in which characters can hide quotes at line ${line}: ${written}`,
      'Make the dump in one that servers have: pg_dump -O -x -E UTF8 DATABASE > dump.sql',
    );
  if (form !== undefined && !form.test(head))
    throw badDump(`a statement that pg_dump never writes at line ${line}: ${excerpt(text)}`);
  if (serverWide.test(head))
    throw badDump(
      `a statement about the whole server at line ${line}: ${excerpt(text)}`,
      'A dump of one database is needed. Make it without -C, and not by pg_dumpall: pg_dump -O -x DATABASE > dump.sql',
    );
}

/** What a SET says about backslashes in '…' from the next line on; undefined when it says nothing. */
export function standardStringsAfter(set: Buffer): boolean | undefined {
  const setting = /^SET standard_conforming_strings = (on|off);/.exec(set.toString('latin1', 0, 50))?.[1];
  return setting === undefined ? undefined : setting === 'on';
}

const literal = "'(?:[^']|'')*'";
// In psql and on the server only these encodings keep every byte of a character above 127, so that no quote or
// backslash can hide in one. A server's database is always in one of them; pg_dump -E can write others.
const safeEncoding =
  /^(?:UTF8|SQL_ASCII|EUC_(?:JP|CN|KR|TW|JIS_2004)|MULE_INTERNAL|LATIN\d+|WIN(?:125\d|866|874)|ISO_8859_[5-8]|KOI8[RU])$/;
const value = `(?:${literal}|${name}|-?\\d+)`;

const onObject = /^[A-Z]+ (?:"(?:[^"]|"")*"|[^"])*? ON [A-Z]+ /;

// In capitals and with single blanks, so that the words which are looked for below cannot hide.
const forms: Readonly<Record<string, RegExp>> = {
  ALTER: /^ALTER [A-Z]+ /,
  BEGIN: /^BEGIN;\s*$/,
  COMMENT: /^COMMENT ON [A-Z]+ /,
  COMMIT: /^COMMIT;\s*$/,
  CREATE: /^CREATE [A-Z]+ /,
  // Without ON it makes one role a member of another.
  GRANT: onObject,
  REFRESH: /^REFRESH MATERIALIZED VIEW /,
  REVOKE: onObject,
  SECURITY: new RegExp(`^SECURITY LABEL FOR (?:${literal}|${name}) ON [A-Z]+ `),
  RESET: /^RESET SESSION AUTHORIZATION;\s*$/,
  SET: new RegExp(
    `^SET (?:client_encoding = '\\w+'|standard_conforming_strings = (?:on|off)|SESSION AUTHORIZATION (?:DEFAULT|${literal}|${name})|ROLE ${name}` +
      `|(?!client_encoding |standard_conforming_strings )[a-z_]+(?:\\.[a-z_]+)? = ${value}(?:, ${value})*);\\s*$`,
  ),
  SELECT: new RegExp(
    `^SELECT (?:pg_catalog\\.(?:set_config\\('search_path', ${literal}, false\\)|setval\\(${literal}, -?\\d+, (?:true|false)\\)` +
      `|lo_create\\('\\d+'\\)|lo_open\\((?:'\\d+'|pg_catalog\\.lo_create\\('\\d+'\\)), \\d+\\)|lo_close\\(0\\));\\s*$` +
      "|pg_catalog\\.lowrite\\(0, '\\\\{1,2}x[0-9a-f]*(?:'\\);\\s*)?$" +
      '|\\* FROM pg_catalog\\.pg_restore_\\w+_stats\\(\\s)',
  ),
};

const serverWide = new RegExp(
  '^(?:(?:CREATE|ALTER) (?:DATABASE|ROLE|GROUP|TABLESPACE|SYSTEM|USER (?!MAPPING))' +
    `|(?:COMMENT|SECURITY LABEL FOR (?:${literal}|${name})) ON (?:DATABASE|ROLE|TABLESPACE) ` +
    '|(?:GRANT|REVOKE) (?:"(?:[^"]|"")*"|[^"])*? ON (?:DATABASE|TABLESPACE|PARAMETER) )',
);
