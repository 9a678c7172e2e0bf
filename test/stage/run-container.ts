import { docker } from './docker.ts';
import type { Engine, Image, PgPrograms, PgServer } from './part.ts';
import { mustRun, type ProgramOptions, type ProgramResult, runProgram } from './run-program.ts';

export interface RunRequest {
  readonly name: string;
  /** Instead of the image of that major: one made of it. */
  readonly imageName?: string;
  /** Added to POSTGRES_USER=app, POSTGRES_PASSWORD and POSTGRES_DB=appdb; undefined leaves one out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** More arguments for `docker run`. */
  readonly args?: readonly string[];
  /** PostgreSQL's settings. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Whether it has a network and a free port of 127.0.0.1 is published; else it can be reached through the engine alone. */
  readonly publish?: boolean;
}

export interface Container {
  readonly engine: Engine;
  readonly image: Image;
  readonly id: string;
  readonly name: string;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** The published port as a server for this machine's clients. */
  server(): Promise<PgServer>;
  /** `docker <args>` against the container's engine, whatever its exit code. */
  docker(args: readonly string[], options?: ProgramOptions): Promise<ProgramResult>;
  /** Runs a program inside. */
  exec(argv: readonly string[], options?: ProgramOptions): Promise<ProgramResult>;
  remove(): Promise<void>;
}

/** Starts PostgreSQL in a container and waits until it answers. */
export async function runContainer(
  engine: Engine,
  image: Image,
  programs: () => Promise<PgPrograms>,
  request: RunRequest,
): Promise<Container> {
  const { name } = request;
  const password = "it's a pass word";
  const env = { POSTGRES_USER: 'app', POSTGRES_PASSWORD: password, POSTGRES_DB: 'appdb', ...request.env };
  const variables = Object.entries(env).flatMap(([key, text]) =>
    text === undefined ? [] : ['-e', `${key}=${text}`],
  );
  const settings = { fsync: 'off', synchronous_commit: 'off', jit: 'off', ...request.settings };
  const postgres = [
    'postgres',
    ...Object.entries(settings).flatMap(([key, text]) => ['-c', `${key}=${text}`]),
  ];
  const isConnected = request.args?.some(arg => /^(-p|--publish|--network|--net)\b/.test(arg));
  const publish = request.publish ? ['-p', '127.0.0.1::5432'] : isConnected ? [] : ['--network', 'none'];
  const run = [
    'run',
    '-d',
    '--name',
    name,
    '--label',
    engine.label,
    ...variables,
    ...publish,
    ...(request.args ?? []),
  ];
  const id = (
    await mustRun(docker(engine, ...run, request.imageName ?? image.name, ...postgres))
  ).stdout.trim();
  const container: Container = {
    engine,
    image,
    id,
    name,
    user: env.POSTGRES_USER ?? 'postgres',
    password: env.POSTGRES_PASSWORD ?? '',
    database: env.POSTGRES_DB ?? env.POSTGRES_USER ?? 'postgres',
    server: () => publishedServer(container, programs),
    docker: (args, options) => runProgram(docker(engine, ...args), options),
    exec(argv, options = {}) {
      const input = options.input === undefined ? [] : ['-i'];
      return container.docker(['exec', ...input, id, ...argv], options);
    },
    remove: async () => void (await container.docker(['rm', '-f', '-v', id])),
  };
  await whenReady(container);
  return container;
}

/** The first start runs a temporary server that does not listen on TCP: the one that does is the one to wait for. */
export async function whenReady(container: Container): Promise<void> {
  // Asked again and again inside it: each exec costs the engine more than all the questions.
  const script = 'until pg_isready -q -h 127.0.0.1 -U "$1"; do sleep 0.1; done';
  const asked = await container.exec(['sh', '-c', script, 'sh', container.user], { timeout: 60_000 });
  if (asked.exitCode === 0) return;
  const log = await container.docker(['logs', container.id]);
  throw new Error(`container ${container.name} ended: ${asked.stderr}${log.stdout}${log.stderr}`);
}

async function publishedServer(container: Container, programs: () => Promise<PgPrograms>): Promise<PgServer> {
  const port = (await container.docker(['port', container.id, '5432/tcp'])).stdout.trim().split(':').at(-1);
  const { user, password } = container;
  return {
    ...(await programs()),
    host: '127.0.0.1',
    port: Number(port),
    socketDirectory: '',
    user,
    password,
  };
}
