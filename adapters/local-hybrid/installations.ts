import { readdir, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { PostgresVersion } from '../../src/contract/adapter.ts';
import type { RunContext } from '../../src/contract/run-context.ts';
import { isExecutable, pathFolders } from '../../src/executables.ts';
import { hostProgram } from '../../src/host-program.ts';
import { versionFromBanner } from '../../src/postgres/version.ts';

/** Programs of PostgreSQL in one folder. */
export interface Installation {
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
 * Every folder of this machine that has all of `programs`, newest first, by the version of the first of them; with
 * `binDirectory` only that one.
 */
export async function installationsOf(
  programs: readonly [string, ...string[]],
  binDirectory: string | undefined,
  run: RunContext,
): Promise<Installation[]> {
  const directories = binDirectory === undefined ? await usualPlaces(programs[0], run) : [binDirectory];
  const found = await Promise.all(directories.map(directory => installationIn(directory, programs, run)));
  return found.filter(one => one !== undefined).sort((a, b) => b.version.number - a.version.number);
}

async function usualPlaces(program: string, run: RunContext): Promise<string[]> {
  const inFolders = await Promise.all(
    parents.map(async ({ folder, bin, name }) => {
      const entries = await readdir(folder).catch(() => []);
      return entries.filter(entry => name?.test(entry) ?? true).map(entry => join(folder, entry, bin));
    }),
  );
  return distinct([...inFolders.flat(), ...pathFolders(run)], program);
}

/**
 * Each installation once, since starting a program costs more than looking at it. Debian's pg_wrapper in /usr/bin
 * is left out: all it does is start one of the others.
 */
async function distinct(directories: readonly string[], program: string): Promise<string[]> {
  const found = new Map<string, string>();
  for (const directory of directories) {
    const path = await realpath(join(directory, program)).catch(() => undefined);
    if (path && basename(path) !== 'pg_wrapper' && !found.has(path)) found.set(path, directory);
  }
  return [...found.values()];
}

async function installationIn(
  directory: string,
  [program, ...others]: readonly [string, ...string[]],
  run: RunContext,
): Promise<Installation | undefined> {
  for (const other of others) if (!(await isExecutable(join(directory, other)))) return undefined;
  const start = await hostProgram();
  const { stdout } = await start(join(directory, program), ['--version'], {
    timeout: 10_000,
    cancelSignal: run.signal,
  });
  const version = versionFromBanner(String(stdout ?? ''));
  return version && { directory, version };
}
