import type { DatabaseFacts } from './database-facts.ts';
import { identifier, literal } from './quote.ts';

/** An empty database with the same encoding, locale, and tablespace, under another name. */
export function createDatabaseStatement(
  facts: DatabaseFacts,
  name: string,
  server: { readonly major: number },
): string {
  const parts = [
    `CREATE DATABASE ${identifier(name)} TEMPLATE template0`,
    `ENCODING ${literal(facts.encoding)}`,
    `LC_COLLATE ${literal(facts.collate)}`,
    `LC_CTYPE ${literal(facts.ctype)}`,
  ];
  // Whoever names the default one needs a right on it that only superusers have.
  if (facts.tablespace !== 'pg_default') parts.push(`TABLESPACE ${identifier(facts.tablespace)}`);
  if (server.major >= 15) parts.push(...localeProvider(facts));
  return parts.join(' ');
}

/** The same with the server's defaults. In another encoding the bytes of a SQL_ASCII dump would be taken for that one's. */
export function createPlainDatabaseStatement(name: string, encoding: string | undefined): string {
  const unencoded = encoding === 'SQL_ASCII' ? " ENCODING 'SQL_ASCII' LOCALE 'C'" : '';
  return `CREATE DATABASE ${identifier(name)} TEMPLATE template0${unencoded}`;
}

/**
 * What makes an existing database like the one the facts are of: privileges, settings and comment first, the
 * owner last, since afterwards the database may no longer be ours to change. One statement each.
 */
export function databasePropertyStatements(facts: DatabaseFacts, name: string): string[] {
  const database = `DATABASE ${identifier(name)}`;
  const statements: string[] = [];
  if (facts.comment !== null) statements.push(`COMMENT ON ${database} IS ${literal(facts.comment)}`);
  for (const { role, name: setting, value } of facts.settings) {
    const whose = role === null ? `ALTER ${database}` : `ALTER ROLE ${identifier(role)} IN ${database}`;
    statements.push(`${whose} SET ${settingName(setting)} TO ${settingValue(setting, value)}`);
  }
  if (facts.privileges !== null) {
    statements.push(`REVOKE ALL ON ${database} FROM PUBLIC`, `REVOKE ALL ON ${database} FROM CURRENT_USER`);
    for (const { grantee, privilege, grantable } of facts.privileges) {
      const to = grantee === null ? 'PUBLIC' : grantee === facts.owner ? 'CURRENT_USER' : identifier(grantee);
      // The owner's grant options are implied, and given to the creator they would be an error.
      const option = grantable && grantee !== facts.owner ? ' WITH GRANT OPTION' : '';
      statements.push(`GRANT ${privilege} ON ${database} TO ${to}${option}`);
    }
  }
  if (facts.connectionLimit >= 0)
    statements.push(`ALTER ${database} CONNECTION LIMIT ${facts.connectionLimit}`);
  // Moves what was granted to the creator above to the owner as well.
  statements.push(`ALTER ${database} OWNER TO ${identifier(facts.owner)}`);
  return statements;
}

function localeProvider({ provider, locale, icuRules }: DatabaseFacts): string[] {
  if (provider === 'i') {
    const rules = icuRules === null ? [] : [`ICU_RULES ${literal(icuRules)}`];
    return ['LOCALE_PROVIDER icu', `ICU_LOCALE ${literal(locale ?? '')}`, ...rules];
  }
  if (provider === 'b') return ['LOCALE_PROVIDER builtin', `BUILTIN_LOCALE ${literal(locale ?? '')}`];
  return ['LOCALE_PROVIDER libc'];
}

/** A custom setting may have any name made of dotted words: `app.tenant`. */
function settingName(name: string): string {
  return name.split('.').map(identifier).join('.');
}

/** Settings that hold a list of names are stored as the list itself, with quotes where needed; others as a value. */
const listSettings = [
  'local_preload_libraries',
  'search_path',
  'session_preload_libraries',
  'shared_preload_libraries',
  'temp_tablespaces',
  'unix_socket_directories',
];

function settingValue(name: string, value: string): string {
  if (!listSettings.includes(name.toLowerCase())) return literal(value);
  const names = value.match(/"(?:[^"]|"")*"|[^\s,]+/g) ?? [''];
  return names.map(name => literal(name.replace(/^"(.*)"$/s, '$1').replaceAll('""', '"'))).join(', ');
}
