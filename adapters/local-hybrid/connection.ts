import { OrchestrateError } from '../../src/errors.ts';
import { readKeywords } from './connection/connection-keywords.ts';
import { readUrl } from './connection/connection-url.ts';
import { describePlace, singleHost } from './connection/describe-place.ts';
import { connectionVariables, credentialFiles, variableOf } from './connection/libpq-variables.ts';
import { type Parameter, type Settings, settingsFrom } from './connection/settings.ts';

export { withoutLibpqVariables } from './connection/libpq-variables.ts';

export interface Connection {
  /** What client programs are told: libpq's variables, the password among them; without PGDATABASE. */
  readonly env: Readonly<Record<string, string>>;
  /**
   * The decoded name, which may be any text; undefined when the connection leaves it to libpq. To be passed as
   * `dbname='…'`: a service file's own database would win over PGDATABASE.
   */
  readonly database: string | undefined;
  /** "localhost:5433", "socket /var/run/postgresql", "service foo". Free of secrets. */
  readonly describe: string;
  /** For the person: what was set aside. */
  readonly notices: readonly string[];
  /** The one host or socket folder; undefined when it is libpq's default, a service's, or one of several. */
  readonly host: string | undefined;
  /** Whether anything says where to connect; libpq's defaults alone would reach some database or other. */
  readonly configured: boolean;
}

/**
 * Reads a connection as people write it: a postgres:// or postgresql:// URL (also with a driver's suffix, or
 * jdbc: before it), or libpq's `key=value` string; without one, what libpq's own variables in `env` say. With
 * one, `env` only adds the files of passwords and services, and PGPASSWORD when the URL has no password.
 * Throws `usage` when it cannot be read; the message never repeats a part of it.
 */
export function parseConnection(
  url: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Connection {
  const text = unquoted(url ?? '');
  if (text === '') return fromVariables(connectionVariables(env), []);
  const { values, setAside } = settingsFrom(parametersOf(text));
  refuseMixedService(values);
  const password = values.password === undefined && env.PGPASSWORD ? { PGPASSWORD: env.PGPASSWORD } : {};
  const own = Object.entries(values).map(([keyword, value]) => [variableOf[keyword]!, value]);
  const notices = setAside.length > 0 ? [`${setAsideMessage}: ${setAside.join(', ')}`] : [];
  const variables = { ...credentialFiles(env), ...password, ...Object.fromEntries(own) };
  return { ...fromVariables(variables, notices), configured: true };
}

/** What a command says that needs a connection when none is configured. */
export function missingConnection(): OrchestrateError {
  return new OrchestrateError('usage', 'no connection is configured: url is missing', {
    hint: 'Set DATABASE_URL, for example: export DATABASE_URL=postgresql://user:password@localhost:5432/mydb',
  });
}

const setAsideMessage = 'set aside, because pg_dump and psql cannot be told them';

function fromVariables(variables: Readonly<Record<string, string>>, notices: readonly string[]): Connection {
  const { PGDATABASE: database, ...env } = variables;
  const configured = ['PGHOST', 'PGHOSTADDR', 'PGDATABASE', 'PGSERVICE'].some(name => variables[name]);
  return { env, database, describe: describePlace(env), notices, host: singleHost(env), configured };
}

function parametersOf(text: string): readonly Parameter[] {
  if (/^[^/]*:\/\//.test(text)) return readUrl(text);
  if (/^[a-z_]+\s*=/.test(text)) return readKeywords(text);
  throw new OrchestrateError(
    'usage',
    'the connection is neither a postgresql:// URL nor a key=value string',
    {
      hint: 'Write it like this: postgresql://user:password@localhost:5432/mydb',
    },
  );
}

/** libpq lets a service's entries win over variables, so what stands beside the service would be ignored. */
function refuseMixedService(values: Settings['values']): void {
  const beside = ['host', 'hostaddr', 'port', 'user', 'password'].filter(keyword => values[keyword]);
  if (values.service === undefined || beside.length === 0) return;
  throw new OrchestrateError(
    'usage',
    `the connection names a service and, beside it, its own ${beside.join(', ')}`,
    {
      hint: 'Keep all of it in the service file, and only the service and the database here: postgresql:///mydb?service=name',
    },
  );
}

/** Env files read by other tools leave their quotes in the value. */
function unquoted(text: string): string {
  const trimmed = text.trim();
  return /^(["']).*\1$/s.test(trimmed) && trimmed.length > 1 ? trimmed.slice(1, -1).trim() : trimmed;
}
