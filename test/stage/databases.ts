import { randomBytes } from 'node:crypto';
import { afterFile } from './after-file.ts';
import { execute, identifier, literal, rows } from './client.ts';
import type { PgServer } from './part.ts';

export interface DatabaseRequest {
  /** Makes the name an awkward one. */
  readonly suffix?: string;
  /** More words for CREATE DATABASE. */
  readonly options?: string;
}

/** A new empty database with a name of its own, dropped after the file. */
export async function createDatabase(server: PgServer, request: DatabaseRequest = {}): Promise<string> {
  const name = uniqueName('db') + (request.suffix ?? '');
  // Copying the files costs a tenth of writing their pages to the log, which 15 and later do by themselves.
  const strategy = server.major >= 15 ? 'STRATEGY file_copy' : '';
  const how = `TEMPLATE template0 ${strategy} ${request.options ?? ''}`;
  await execute(server, 'postgres', `CREATE DATABASE ${identifier(name)} ${how}`);
  afterFile(() => dropDatabase(server, name));
  return name;
}

/** Also when it was renamed away, has sessions, or never came to be; with what restores have left beside it. */
export async function dropDatabase(server: PgServer, name: string): Promise<void> {
  const own = /^t_[a-z]+_[0-9a-f]{10}/.exec(name)?.[0];
  const like = own ? `OR starts_with(datname, ${literal(own)})` : '';
  const drop = `SELECT format('DROP DATABASE IF EXISTS %I WITH (FORCE)', datname) FROM pg_database`;
  await execute(server, 'postgres', `${drop} WHERE datname = ${literal(name)} ${like} \\gexec`);
}

/** A new role that may log in with `password`, dropped after the file with all that it owns or was granted. */
export async function createRole(server: PgServer, password: string, options = ''): Promise<string> {
  const name = uniqueName('role');
  await execute(
    server,
    'postgres',
    `CREATE ROLE ${identifier(name)} LOGIN PASSWORD ${literal(password)} ${options}`,
  );
  afterFile(() => dropRole(server, name));
  return name;
}

export async function dropRole(server: PgServer, name: string): Promise<void> {
  const owned = `SELECT datname FROM pg_database JOIN pg_roles ON datdba = pg_roles.oid WHERE rolname = ${literal(name)}`;
  for (const { datname } of await rows<{ datname: string }>(server, 'postgres', owned)) {
    await dropDatabase(server, datname);
  }
  await execute(server, 'postgres', `DROP OWNED BY ${identifier(name)}; DROP ROLE ${identifier(name)}`);
}

/** Never the same twice, in any process: test files run side by side on one server. */
export function uniqueName(word: string): string {
  return `t_${word}_${randomBytes(5).toString('hex')}`;
}
