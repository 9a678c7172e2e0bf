import { namePattern as name, qualifiedNamePattern, unquote } from './names.ts';

/** The roles that must exist for a statement to succeed. `keyword` is its first word. */
export function rolesNamed(keyword: string, statement: Buffer): string[] {
  const patterns = byKeyword[keyword];
  if (!patterns) return [];
  const text = statement.toString('latin1');
  const lists = patterns.map(pattern => pattern.exec(text)?.[1] ?? '');
  const roles = lists.flatMap(list => list.match(each) ?? []).map(unquote);
  return [...new Set(roles)].filter(role => role !== 'public');
}

const names = `(${name}(?:, ${name})*)`;
const each = new RegExp(name, 'g');

// PUBLIC is no role; it stands in upper case and so is no name here.
const byKeyword: Readonly<Record<string, readonly RegExp[]>> = {
  ALTER: [
    new RegExp(` OWNER TO ${names};\\s*$`),
    new RegExp(`^ALTER DEFAULT PRIVILEGES FOR ROLE ${names}`),
    new RegExp(`^ALTER DEFAULT PRIVILEGES .*(?: TO| FROM) ${names}(?: WITH GRANT OPTION)?;\\s*$`, 's'),
  ],
  CREATE: [
    new RegExp(
      `^CREATE POLICY ${name} ON ${qualifiedNamePattern}(?: AS RESTRICTIVE)?(?: FOR (?:SELECT|INSERT|UPDATE|DELETE))? TO ${names}`,
    ),
    new RegExp(`^CREATE USER MAPPING FOR ${names}`),
    new RegExp(`^CREATE SCHEMA ${name} AUTHORIZATION ${names}`),
  ],
  GRANT: [new RegExp(` TO ${names}(?: WITH GRANT OPTION)?;\\s*$`)],
  REVOKE: [new RegExp(` FROM ${names};\\s*$`)],
  SET: [
    new RegExp(`^SET (?:ROLE|SESSION AUTHORIZATION) ${names};\\s*$`),
    /^SET SESSION AUTHORIZATION '([a-z_][a-z0-9_]*)';\s*$/,
  ],
};
