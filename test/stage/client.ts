import { join } from 'node:path';
import type { PgServer } from './part.ts';
import { mustRun, type ProgramOptions, type ProgramResult, runProgram } from './run-program.ts';

/** libpq's settings for the server, as a program's environment. They name the superuser unless told otherwise. */
export function pgEnv(
  server: PgServer,
  database: string,
  login: { user?: string; password?: string } = {},
): Record<string, string> {
  return {
    PGHOST: server.host,
    PGPORT: String(server.port),
    PGUSER: login.user ?? server.user,
    PGPASSWORD: login.password ?? server.password,
    PGDATABASE: database,
  };
}

export function connectionUrl(
  server: PgServer,
  database: string,
  login: { user?: string; password?: string } = {},
): string {
  const user = encodeURIComponent(login.user ?? server.user);
  const password = encodeURIComponent(login.password ?? server.password);
  return `postgresql://${user}:${password}@${server.host}:${server.port}/${encodeURIComponent(database)}`;
}

/** Runs one of the server's own programs against it, whatever its exit code. */
export function pgProgram(
  server: PgServer,
  database: string,
  argv: readonly string[],
  options: ProgramOptions & { user?: string; password?: string } = {},
): Promise<ProgramResult> {
  const { user, password, env, ...rest } = options;
  const [program = '', ...args] = argv;
  const login = { ...(user !== undefined && { user }), ...(password !== undefined && { password }) };
  return runProgram([join(server.binDirectory, program), ...args], {
    env: { ...clientEnv(server, database, login), ...env },
    ...rest,
  });
}

/** Runs SQL, stopping at the first error, and gives what psql printed: unaligned, rows only. */
export async function execute(server: PgServer, database: string, sql: string | Uint8Array): Promise<string> {
  const argv = [join(server.binDirectory, 'psql'), '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1'];
  const env = clientEnv(server, database);
  return (await mustRun(argv, { env, input: sql })).stdout;
}

/** The rows of one SELECT, values as JSON has them. */
export async function rows<Row>(server: PgServer, database: string, select: string): Promise<Row[]> {
  const text = await execute(server, database, `SELECT coalesce(json_agg(r), '[]') FROM (${select}\n) AS r`);
  return JSON.parse(text) as Row[];
}

/** The only value of the only row of a SELECT. */
export async function value<Value>(server: PgServer, database: string, select: string): Promise<Value> {
  const text = await execute(server, database, `SELECT json_agg(v) FROM (${select}\n) AS r(v)`);
  return (JSON.parse(text) as Value[])[0] as Value;
}

export async function pgDump(
  server: PgServer,
  database: string,
  args: readonly string[] = [],
): Promise<Buffer> {
  const argv = [join(server.binDirectory, 'pg_dump'), ...args];
  return (await mustRun(argv, { env: clientEnv(server, database) })).bytes;
}

export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The whole environment of a client program: nothing of the user's own PG* settings gets in. */
export function clientEnv(
  server: PgServer,
  database: string,
  login: { user?: string; password?: string } = {},
): Record<string, string> {
  return {
    ...pgEnv(server, database, login),
    PATH: process.env.PATH ?? '',
    LC_ALL: 'C',
    PGCLIENTENCODING: 'UTF8',
    PGAPPNAME: 'test',
    DBO_STAGE: process.env.DBO_STAGE ?? '',
  };
}
