import { access, constants, readdir, realpath } from 'node:fs/promises';
import { basename, delimiter, join } from 'node:path';
import type { PostgresVersion } from '../../src/contract/adapter.ts';
import type { RunContext } from '../../src/contract/run-context.ts';
import { OrchestrateError } from '../../src/errors.ts';
import { hostProgram } from '../../src/host-program.ts';
import { versionFromBanner } from '../../src/postgres/version.ts';

/** One installation of PostgreSQL's client programs. */
export interface Clients {
  readonly directory: string;
  readonly version: PostgresVersion;
}

/** Parents of `<version>/bin`: Debian and Ubuntu, Red Hat (`pgsql-17/bin`), Homebrew, Postgres.app. */
const parents = [
  { folder: '/usr/lib/postgresql', bin: 'bin' },
  { folder: '/usr', bin: 'bin', name: /^pgsql-\d+$/ },
  { folder: '/opt/homebrew/opt', bin: 'bin', name: /^(postgresql(@\d+)?|libpq)$/ },
  { folder: '/usr/local/opt', bin: 'bin', name: /^(postgresql(@\d+)?|libpq)$/ },
  { folder: '/Applications/Postgres.app/Contents/Versions', bin: 'bin' },
];

/**
 * Every pair of pg_dump and psql on this machine, newest first; with `binDirectory` only those in it.
 * Rejects with `no-client` when there is none.
 */
export async function findClients(binDirectory: string | undefined, run: RunContext): Promise<Clients[]> {
  const directories = binDirectory === undefined ? await usualPlaces(run) : [binDirectory];
  const found = await Promise.all(directories.map(directory => clientsIn(directory, run)));
  const clients = found.filter(one => one !== undefined).sort((a, b) => b.version.number - a.version.number);
  if (clients.length > 0) return clients;
  throw new OrchestrateError(
    'no-client',
    binDirectory === undefined
      ? 'no pg_dump and psql were found on this machine'
      : `no usable pg_dump and psql in ${binDirectory}`,
    { hint: 'Install them, for example with: apt-get install postgresql-client, or brew install libpq' },
  );
}

/** The newest of the server's own major, else of the nearest newer one; undefined when all are older. */
export function fittingClients(clients: readonly Clients[], server: PostgresVersion): Clients | undefined {
  const fitting = clients.filter(({ version }) => version.major >= server.major);
  const nearest = Math.min(...fitting.map(({ version }) => version.major));
  return fitting.find(({ version }) => version.major === nearest);
}

async function usualPlaces(run: RunContext): Promise<string[]> {
  const inFolders = await Promise.all(
    parents.map(async ({ folder, bin, name }) => {
      const entries = await readdir(folder).catch(() => []);
      return entries.filter(entry => name?.test(entry) ?? true).map(entry => join(folder, entry, bin));
    }),
  );
  // An empty or relative part of PATH would run programs of whatever folder one stands in.
  const inPath = (run.env.PATH ?? '').split(delimiter).filter(part => part.startsWith('/'));
  return installations([...inFolders.flat(), ...inPath]);
}

/**
 * Each installation once, since starting a program costs more than looking at it. Debian's pg_wrapper in /usr/bin
 * is left out: all it does is start one of the others.
 */
async function installations(directories: readonly string[]): Promise<string[]> {
  const found = new Map<string, string>();
  for (const directory of directories) {
    const program = await realpath(join(directory, 'pg_dump')).catch(() => undefined);
    if (program && basename(program) !== 'pg_wrapper' && !found.has(program)) found.set(program, directory);
  }
  return [...found.values()];
}

async function clientsIn(directory: string, run: RunContext): Promise<Clients | undefined> {
  if (!(await isExecutable(join(directory, 'psql')))) return undefined;
  const start = await hostProgram();
  const { stdout } = await start(join(directory, 'pg_dump'), ['--version'], {
    timeout: 10_000,
    cancelSignal: run.signal,
  });
  const version = versionFromBanner(String(stdout ?? ''));
  return version && { directory, version };
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
