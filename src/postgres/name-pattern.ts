/** A pattern as pg_dump and psql take it, as regular expressions. */
export interface NamePattern {
  /** Undefined: whatever the search path finds under the bare name. */
  readonly schema: string | undefined;
  readonly name: string;
}

/**
 * Reads `*` and `?`, double quotes and one dot as pg_dump does; outside quotes letters are folded and the rest of the
 * server's regular expressions works. Undefined for what pg_dump would refuse or read as a database's name.
 * Source: patternToSQLRegex in src/fe_utils/string_utils.c.
 */
export function readNamePattern(pattern: string): NamePattern | undefined {
  const parts = [''];
  let quoted = false;
  const add = (text: string) => {
    parts[parts.length - 1] += text;
  };
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at]!;
    if (character === '"') {
      if (quoted && pattern[at + 1] === '"') {
        add('"');
        at += 1;
      } else quoted = !quoted;
    } else if (character === '$') add('\\$');
    else if (quoted) add(special.has(character) ? `\\${character}` : character);
    else if (character === '*') add('.*');
    else if (character === '?') add('.');
    else if (character === '.') parts.push('');
    else if (character === '[' && pattern[at + 1] === ']') add('\\[');
    else add(/[A-Z]/.test(character) ? character.toLowerCase() : character);
  }
  const name = parts.pop()!;
  if (quoted || parts.length > 1 || name === '') return undefined;
  return { schema: parts[0], name };
}

const special: ReadonlySet<string> = new Set('|*+?()[]{}.^$\\');
