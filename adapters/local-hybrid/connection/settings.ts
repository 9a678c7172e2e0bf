import { OrchestrateError } from '../../../src/errors.ts';
import { variableOf, withoutVariable } from './libpq-variables.ts';

/** A keyword and its value, decoded, in the order they were written. */
export type Parameter = readonly [keyword: string, value: string];

export interface Settings {
  /** By libpq's keyword; only those that a variable can carry, none of them empty. */
  readonly values: Readonly<Record<string, string>>;
  /** Names of the others. */
  readonly setAside: readonly string[];
}

/** Whether libpq itself has this keyword. */
export function isKeyword(name: string): boolean {
  return Object.hasOwn(variableOf, name) || withoutVariable.includes(name);
}

/** Sorts parameters by whether libpq can be told them; the last one of a name counts. Throws `usage`. */
export function settingsFrom(parameters: readonly Parameter[]): Settings {
  const values: Record<string, string> = {};
  const setAside = new Set<string>();
  for (const [name, given] of parameters) {
    const [keyword, value] = translated(name, given, values.sslmode);
    if (value.includes('\0')) throw new OrchestrateError('usage', 'the connection holds a NUL character');
    // An encoding of the client's would change the dump's text; the database's own is the right one.
    if (!Object.hasOwn(variableOf, keyword) || keyword === 'client_encoding') setAside.add(keyword);
    else if (value === '') delete values[keyword];
    else values[keyword] = value;
  }
  checkSslMode(values.sslmode);
  return { values, setAside: [...setAside].sort() };
}

/** Drivers' own words for what libpq calls sslmode: asyncpg's `ssl=require`, JDBC's and node-postgres' `ssl=true`. */
function translated(name: string, value: string, sslmode: string | undefined): Parameter {
  if (name === 'sslmode') return [name, value === 'no-verify' ? 'require' : value];
  if (name !== 'ssl') return [name, value];
  if (sslmode !== undefined) return ['sslmode', sslmode];
  if (['true', '1', 'no-verify'].includes(value)) return ['sslmode', 'require'];
  return ['sslmode', ['false', '0'].includes(value) ? 'disable' : value];
}

const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'];

function checkSslMode(sslmode: string | undefined): void {
  if (sslmode === undefined || sslModes.includes(sslmode)) return;
  throw new OrchestrateError('usage', `the connection's sslmode is none of ${sslModes.join(', ')}`);
}
