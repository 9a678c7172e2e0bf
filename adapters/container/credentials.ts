import { OrchestrateError } from '../../src/errors.ts';
import { runExec } from './exec.ts';
import type { ContainerOptions } from './options.ts';
import { type Place, variable } from './place.ts';

export interface Credentials {
  readonly user: string;
  readonly password: string | undefined;
  readonly database: string;
}

/** As the official image and its descendants call them, then as Bitnami's does. */
const names = {
  user: ['POSTGRES_USER', 'POSTGRESQL_USERNAME'],
  password: ['POSTGRES_PASSWORD', 'POSTGRESQL_PASSWORD'],
  database: ['POSTGRES_DB', 'POSTGRESQL_DATABASE'],
} as const;

/**
 * Who to log in as: what the options say, else what the container was first started with. Rejects with `usage` when
 * the container keeps a name in a file that cannot be read.
 */
export async function findCredentials(
  options: Pick<ContainerOptions, 'user' | 'password' | 'database'>,
  place: Place,
): Promise<Credentials> {
  const owner = async () => (await configured(place, 'user')) ?? 'postgres';
  const user = options.user ?? (await owner());
  // The container's password is that of the container's own user and of no one else.
  const password =
    options.password ?? (user === (await owner()) ? await configured(place, 'password') : undefined);
  const database = options.database ?? (await configured(place, 'database')) ?? (await owner());
  return { user, password, database };
}

async function configured(place: Place, what: keyof typeof names): Promise<string | undefined> {
  for (const name of names[what]) {
    const value = variable(place, name);
    if (value) return value;
    const file = variable(place, `${name}_FILE`);
    if (file) return contents(place, file, `${name}_FILE`, what);
  }
  return undefined;
}

async function contents(
  place: Place,
  file: string,
  name: string,
  what: keyof typeof names,
): Promise<string | undefined> {
  const { exitCode, stdout } = await runExec(place, ['cat', '--', file]);
  // As the images' own $(<file) reads it.
  if (exitCode === 0) return stdout.replace(/\n+$/, '') || undefined;
  // Inside the container a login often needs no password; if it does, psql says so.
  if (what === 'password') return undefined;
  throw new OrchestrateError('usage', `${name} of container ${place.name} names a file that cannot be read`, {
    hint: `Set \`${what}\` of the target.`,
  });
}
