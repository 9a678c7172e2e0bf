import {
  ClientFailure,
  type PostgresVersion,
  type Server,
  type Session,
  type Spawn,
} from '../contract/adapter.ts';
import type { RunContext } from '../contract/run-context.ts';
import { interruption, OrchestrateError } from '../errors.ts';
import { askClientVersion } from './client-version.ts';
import { plainDumpCommand } from './dump-text/plain-dump.ts';
import { databaseArgument } from './quote.ts';
import { runningPrograms } from './running-programs.ts';
import { openSession } from './session.ts';
import { unpack } from './unpack.ts';
import { versionFromNumber } from './version.ts';

/** What an adapter that can start client programs has to bring; the rest is the same for all of them. */
export interface ClientAccess {
  /** "in container hnf1b_db", "on localhost:5433": what follows the server's version in messages. */
  readonly where: string;
  /** Undefined when the connection itself decides (a libpq service); the server is asked then. */
  readonly database: string | undefined;
  readonly spawn: Spawn;
  /** The programs to dump and load with, once the server's version is known; without it `spawn`'s own. */
  readonly clientsFor?: (server: PostgresVersion) => { spawn: Spawn; version: PostgresVersion };
  /** A sentence: how client programs of that major come to where these run. */
  readonly install: (major: number) => string;
  /** Whether the programs run on this host and so can read a folder of it. */
  readonly seesThisHost: boolean;
  /** As in `Server`. */
  readonly direct?: Server['direct'];
  readonly freeBytes?: (directory: string) => Promise<number | undefined>;
  /** Ends what the adapter itself holds open. */
  readonly close?: () => Promise<void>;
}

/**
 * A server reached through pg_dump and psql. Rejects with `unreachable` (in psql's own words) when there is no
 * connection, `no-client` when pg_dump is missing or older than the server.
 */
export async function clientServer(access: ClientAccess, run: RunContext): Promise<Server> {
  const programs = runningPrograms(run.signal);
  const named = (spawn: Spawn): Spawn => {
    const application = { PGAPPNAME: `db-orchestrate ${run.id}` };
    return programs.watched(call => spawn({ ...call, env: { ...application, ...call.env } }));
  };
  const close = async () => {
    await programs.end();
    await access.close?.();
  };
  try {
    const asking = named(access.spawn);
    const first = await firstSession(asking, access.database).catch(unreachable(access.where, run));
    const [facts] = await first.query<{ version: number; database: string }>(
      `SELECT current_setting('server_version_num')::int AS version, current_database() AS database`,
    );
    await first.close();
    const version = versionFromNumber(facts!.version);
    const fitting = access.clientsFor?.(version);
    const spawn = fitting ? named(fitting.spawn) : asking;
    const clientVersion = fitting?.version ?? (await askClientVersion(spawn, 'pg_dump'));
    if (clientVersion.major < version.major) throw clientTooOld(clientVersion, version, access);
    return {
      describe: `PostgreSQL ${version.text} ${access.where}`,
      database: access.database ?? facts!.database,
      version,
      clientVersion,
      dump: ({ database, args }) =>
        spawn({
          program: 'pg_dump',
          args: ['--no-password', ...args, databaseArgument(database)],
          input: false,
        }),
      dumpGlobals: ({ passwords }) =>
        spawn({
          program: 'pg_dumpall',
          args: [
            ...['--no-password', '--globals-only', ...(passwords ? [] : ['--no-role-passwords'])],
            databaseArgument(access.database ?? facts!.database),
          ],
          input: false,
        }),
      load: ({ database }) =>
        spawn({ program: 'psql', args: [...loadSettings, databaseArgument(database)], input: true }),
      copyOut: ({ database, commands, output }) =>
        spawn({
          program: 'psql',
          args: [
            ...loadSettings,
            '--quiet',
            ...commands.map(command => `--command=${command}`),
            databaseArgument(database),
          ],
          input: false,
          output,
        }),
      async unpack(folder) {
        if (folder !== undefined && !access.seesThisHost) throw outOfSight(folder, access.where);
        // By the newest programs there are: an older pg_restore does not read archives of a newer pg_dump.
        return unpack(asking, run.id, folder);
      },
      ...(access.direct && { direct: access.direct }),
      freeBytes: async directory => access.freeBytes?.(directory),
      session: database => openSession(spawn, database).catch(unreachable(access.where, run)),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Stop at the first error; say where it is; print nothing but values and command tags ("COPY 12"). */
const loadSettings = [
  '--no-psqlrc',
  '--no-password',
  '--set=ON_ERROR_STOP=1',
  '--no-align',
  '--tuples-only',
  '--pset=pager=off',
];

/** A server whose database is gone can still be reached: a restore brings the database back. */
async function firstSession(spawn: Spawn, database: string | undefined): Promise<Session> {
  const others = ['postgres', 'template1'].filter(other => other !== database);
  try {
    return await openSession(spawn, database);
  } catch (error) {
    if (!(error instanceof ClientFailure && database !== undefined && error.stderr.includes(`"${database}"`)))
      throw error;
    for (const other of others) {
      const session = await openSession(spawn, other).catch(() => undefined);
      if (session) return session;
    }
    throw error;
  }
}

function unreachable(where: string, run: RunContext): (error: unknown) => never {
  return error => {
    if (run.signal.aborted) throw interruption(run.signal);
    if (!(error instanceof ClientFailure)) throw error;
    throw new OrchestrateError(
      'unreachable',
      `PostgreSQL ${where} cannot be reached: ${reason(error.stderr)}`,
      {
        cause: error,
        hint: 'Check that the server runs and that the connection settings fit it, for example with: psql',
      },
    );
  };
}

/** psql's own words without its name; libpq repeats the address once for each way it tried. */
function reason(stderr: string): string {
  return (
    stderr
      .trim()
      .replace(/^psql: error: /, '')
      .replaceAll(/\s*\n\s*/g, ' ') || 'psql ended without a word'
  );
}

function clientTooOld(
  client: PostgresVersion,
  server: PostgresVersion,
  { where, install }: ClientAccess,
): OrchestrateError {
  return new OrchestrateError(
    'no-client',
    `pg_dump ${client.text} is older than the server, PostgreSQL ${server.text} ${where}`,
    {
      hint: install(server.major),
    },
  );
}

/** A folder cannot come on stdin. */
function outOfSight(folder: string, where: string): OrchestrateError {
  return new OrchestrateError(
    'bad-file',
    `${folder} is a dump in the directory format, which a pg_restore ${where} cannot see`,
    {
      hint: `Make a plain dump of it and restore that: ${plainDumpCommand(folder)} (where this host has no pg_restore: after docker cp, by docker exec).`,
    },
  );
}
