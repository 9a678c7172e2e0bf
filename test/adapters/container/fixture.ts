import { connectEngine } from '../../../adapters/container/connect.ts';
import type { Place } from '../../../adapters/container/place.ts';
import { containerSpawn } from '../../../adapters/container/spawn.ts';
import { type Timing, usualTiming } from '../../../adapters/container/timing.ts';
import { ClientFailure, type ClientProcess, type Spawn } from '../../../src/contract/adapter.ts';
import type { RunContext, RunEvent } from '../../../src/contract/run-context.ts';
import { OrchestrateError } from '../../../src/errors.ts';
import { runningPrograms } from '../../../src/postgres/running-programs.ts';
import { afterFile } from '../../stage/after-file.ts';
import type { Container } from '../../stage/containers.ts';
import { waitUntil } from '../../stage/wait-until.ts';
import { findContainer } from './find-container.ts';

/** A run of nobody in particular: no configuration of whoever runs the tests gets in. */
export function runContext(
  env: Record<string, string> = {},
  signal = new AbortController().signal,
): RunContext {
  const emit = (_event: RunEvent) => undefined;
  return { id: '0badcafe', signal, now: () => new Date(), env: { HOME: '/nowhere', ...env }, cwd: '/', emit };
}

export interface Programs {
  readonly spawn: Spawn;
  /** Ends what still runs. */
  close(): Promise<void>;
  readonly place: Place;
  /** pg_dump of the container's database. */
  dump(args?: string[]): Promise<ClientProcess>;
  /** psql in it, which stops at the first error. */
  psql(args?: string[]): Promise<ClientProcess>;
}

/** The client programs in a container, with the adapter's own means. */
export async function programsIn(
  container: Container,
  how: { host?: string; env?: Record<string, string>; signal?: AbortSignal; timing?: Partial<Timing> } = {},
): Promise<Programs> {
  const run = runContext(how.env, how.signal);
  const connection = await connectEngine({ host: how.host ?? container.engine.host }, run);
  const place = await findContainer(connection, container.name);
  const login = { PGUSER: container.user, PGPASSWORD: container.password };
  const programs = runningPrograms(run.signal);
  const spawn = programs.watched(containerSpawn(place, login, run, { ...usualTiming, ...how.timing }));
  afterFile(async () => {
    await programs.end();
    connection.close();
  });
  const database = `--dbname=dbname='${container.database}'`;
  const quiet = ['-X', '-q', '-A', '-t', '-w', '-v', 'ON_ERROR_STOP=1'];
  return {
    spawn,
    close: programs.end,
    place,
    dump: (args = []) => spawn({ program: 'pg_dump', args: [...args, database], input: false }),
    psql: (args = []) => spawn({ program: 'psql', args: [...quiet, ...args, database], input: true }),
  };
}

/** All that a program writes, once it has succeeded. */
export async function outputOf(program: ClientProcess): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of program.stdout) chunks.push(chunk);
  await program.done;
  return Buffer.concat(chunks);
}

/** Runs SQL with the adapter's psql and gives what it printed. */
export async function sql(programs: Programs, text: string): Promise<string> {
  const program = await programs.psql();
  program.stdin.end(text);
  return (await outputOf(program)).toString();
}

/** How a program failed. */
export async function failureOf(program: ClientProcess): Promise<ClientFailure> {
  const outcome = await program.done.then(
    () => 'it succeeded',
    error => error,
  );
  if (outcome instanceof ClientFailure) return outcome;
  throw new Error(`no ClientFailure: ${outcome}`);
}

/** What something was refused with. */
export async function refusalOf(action: Promise<unknown>): Promise<OrchestrateError> {
  const outcome = await action.then(
    () => 'it succeeded',
    error => error,
  );
  if (outcome instanceof OrchestrateError) return outcome;
  throw new Error(`no OrchestrateError: ${outcome?.stack ?? outcome}`);
}

/** Enough rows that a dump of them takes a while; still there after the container was killed at once. */
export async function fillTable(container: Container, megabytes: number): Promise<void> {
  const rows = megabytes * 1000;
  const create = `SET synchronous_commit = on; CREATE TABLE big AS SELECT n, repeat(md5(n::text), 31) AS text FROM generate_series(1, ${rows}) AS n`;
  const { exitCode, stderr } = await container.exec(psqlIn(container, create));
  if (exitCode !== 0) throw new Error(stderr);
}

function psqlIn({ user, database }: Container, command: string): string[] {
  return ['psql', '-X', '-q', '-A', '-t', '-U', user, '-d', database, '-c', command];
}

/** Waits until output has begun to come, so that what is done next happens in the middle of it. */
export async function flowing(program: ClientProcess): Promise<void> {
  await new Promise<void>(resolve => program.stdout.once('data', () => resolve()));
}

/** Fulfils when no client program runs in the container and no backend of one. */
export async function nothingLeft(container: Container): Promise<void> {
  let seen = '';
  await waitUntil(`nothing of ours runs in ${container.name}`, async () => {
    const processes = await container.exec(['ps', '-A', '-o', 'args']);
    const backends = await container.exec(
      psqlIn(
        container,
        `SELECT pid, query FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
      ),
    );
    seen = processes.stdout
      .split('\n')
      .filter(line => /^(sh |pg_dump|psql|cat|sleep)/.test(line))
      .concat(backends.stdout.trim(), backends.stderr.trim())
      .filter(Boolean)
      .join('\n');
    return seen === '';
  }).catch(error => {
    throw new Error(`${error.message}\n${seen}`);
  });
}

/** How often PostgreSQL took one of its processes for crashed and ended all sessions. */
export async function crashes(container: Container): Promise<number> {
  const { stdout, stderr } = await container.docker(['logs', container.id]);
  return `${stdout}${stderr}`.split('terminating any other active server processes').length - 1;
}
