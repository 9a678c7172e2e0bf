import { join } from 'node:path';
import type { RunContext } from '../contract/run-context.ts';
import { OrchestrateError } from '../errors.ts';
import { readEnvFile, variableIn } from './env-file.ts';

/** What the environment says, in the shape of a config file. */
export interface Environment {
  readonly directory: string | undefined;
  readonly name: string | undefined;
  /** Empty when it names no database. */
  readonly targets: Readonly<Record<string, Readonly<Record<string, string | undefined>>>>;
}

const envFiles = ['.env', '.env.docker', 'docker/.env.docker'];

/**
 * Reads the variables that stand in for a config file: DATABASE_URL or libpq's own for the target `local`,
 * DB_CONTAINER for `docker`, BACKUP_DIR and BACKUP_NAME. The process's environment wins over the env files.
 */
export async function readEnvironment(run: RunContext): Promise<Environment> {
  const files = await Promise.all(envFiles.map(file => readEnvFile(join(run.cwd, file), run)));
  const variable = variableIn(run.env, files);
  const setting = (name: string) => variable(name) || undefined;

  const local = setting('DATABASE_URL') ? { url: setting('DATABASE_URL') } : libpqSettings(setting, run.env);
  const container = setting('DB_CONTAINER');
  const docker = container && {
    container,
    user: setting('POSTGRES_USER'),
    password: setting('POSTGRES_PASSWORD'),
    database: setting('POSTGRES_DB'),
  };
  return {
    directory: setting('BACKUP_DIR'),
    name: setting('BACKUP_NAME'),
    targets: {
      ...(local && { local: { adapter: 'local-hybrid', ...local } }),
      ...(docker && { docker: { adapter: 'container', ...docker } }),
    },
  };
}

/** What a setting is called where it came from, for messages. */
export function environmentName(path: string): string {
  return variableNames[path] ?? path;
}

/** What a command that needs a target says when there is none. */
export function nothingConfigured(): OrchestrateError {
  return new OrchestrateError(
    'usage',
    'nothing is configured: neither a backup.config.ts nor DATABASE_URL nor DB_CONTAINER was found',
    {
      hint: 'Write a config file with: db-orchestrate init. Or set one of them, in the environment or in .env, for example: DATABASE_URL=postgresql://user:password@localhost:5432/mydb',
    },
  );
}

const variableNames: Readonly<Record<string, string>> = {
  directory: 'BACKUP_DIR',
  name: 'BACKUP_NAME',
  'targets.local.url': 'DATABASE_URL',
  'targets.docker.container': 'DB_CONTAINER',
  'targets.docker.user': 'POSTGRES_USER',
  'targets.docker.password': 'POSTGRES_PASSWORD',
  'targets.docker.database': 'POSTGRES_DB',
};

/** Any of these says where to connect; a user or a port alone does not. */
const places = ['PGDATABASE', 'PGHOST', 'PGHOSTADDR', 'PGSERVICE'];

const details = [
  'PGPORT',
  'PGUSER',
  'PGPASSWORD',
  'PGPASSFILE',
  'PGSSLMODE',
  'PGSSLROOTCERT',
  'PGSSLCERT',
  'PGSSLKEY',
];

/** libpq reads the process's own variables by itself; those of an env file have to reach it as a URL. */
function libpqSettings(
  setting: (name: string) => string | undefined,
  env: RunContext['env'],
): { url?: string } | undefined {
  if (!places.some(setting)) return undefined;
  const names = [...places, ...details].filter(setting);
  if (names.every(name => env[name] !== undefined)) return {};
  const keyword = (name: string) => (name === 'PGDATABASE' ? 'dbname' : name.slice(2).toLowerCase());
  const parameters = names.map(name => `${keyword(name)}=${encodeURIComponent(setting(name)!)}`);
  return { url: `postgresql://?${parameters.join('&')}` };
}
