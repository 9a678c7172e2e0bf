import type Docker from 'dockerode';
import type { RunContext } from '../../src/contract/run-context.ts';
import { OrchestrateError } from '../../src/errors.ts';
import { type Engine, resolveEngine } from './engine.ts';
import { engineUnreachable } from './engine-errors.ts';
import type { ContainerOptions } from './options.ts';
import { quoted } from './quoted.ts';
import { forwardOverSsh } from './ssh-forward.ts';

export interface Connection {
  readonly docker: Docker;
  /** "the Docker engine at unix:///var/run/docker.sock" */
  readonly describe: string;
  /** What stands between us and the engine had to say, such as why it forwards nothing. */
  said(): Promise<string>;
  /** Ends the sockets that are still open. */
  close(): void;
}

/** How long an engine may take to begin its answer; none of our requests makes it work for long. */
const answerWithin = 30_000; // milliseconds

/** Rejects with `usage` or `unreachable` when there is no such engine; nothing is sent yet. */
export async function connectEngine(
  options: ContainerOptions['docker'],
  run: RunContext,
): Promise<Connection> {
  const engine = await resolveEngine(options, run.env);
  // docker-modem's own ssh checks no host key.
  const forward = isSsh(engine) ? await forwardOverSsh(new URL(engine.host), run) : undefined;
  const address = forward ? { socketPath: forward.socketPath } : addressOf(engine);
  // A connection for each request: one kept from before would fail when the engine was restarted meanwhile.
  const agent = await createAgent(engine);
  const { default: DockerClient } = await import('dockerode');
  const settings = { ...neutral, ...address, agent, connectionTimeout: answerWithin };
  return {
    docker: created(() => new DockerClient(settings as Docker.DockerOptions)),
    describe: `the Docker engine at ${shown(engine.host)}`,
    said: async () => (await forward?.said()) ?? '',
    close() {
      agent.destroy();
      forward?.close();
    },
  };
}

/** Importing node:http takes longer than all of our own modules together. */
async function createAgent(engine: Engine) {
  if (!engine.tls) return new (await import('node:http')).Agent();
  return new (await import('node:https')).Agent(tlsOptions(engine));
}

/**
 * docker-modem merges DOCKER_HOST and its like over what it is given, so each setting is given, also as undefined.
 * A `timeout` would end an exec that is silent for long.
 */
const neutral = {
  ...{ socketPath: undefined, host: undefined, port: undefined, protocol: 'http', pathPrefix: '/' },
  ...{ username: undefined, ca: undefined, cert: undefined, key: undefined, timeout: undefined },
};

/** docker-modem reads DOCKER_HOST and DOCKER_CERT_PATH even where another engine was asked for. */
function created(create: () => Docker): Docker {
  try {
    return create();
  } catch (cause) {
    throw new OrchestrateError('usage', `the Docker settings cannot be used: ${(cause as Error).message}`, {
      cause,
      hint: 'Correct or unset DOCKER_HOST and DOCKER_CERT_PATH.',
    });
  }
}

function addressOf(engine: Engine): object {
  const { host } = engine;
  if (host.startsWith('unix:///')) return { socketPath: host.slice('unix://'.length) };
  const url = URL.canParse(host) ? new URL(host) : undefined;
  if (url?.protocol !== 'tcp:' || !url.hostname || url.username || url.password)
    throw new OrchestrateError('usage', `${quoted(shown(host))} is no address of a Docker engine`, {
      hint: 'Write it as unix:///var/run/docker.sock, tcp://host:2376 or ssh://user@host.',
    });
  const protocol = engine.tls ? 'https' : 'http';
  return {
    protocol,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port || (engine.tls ? '2376' : '2375'),
  };
}

function isSsh({ host }: Engine): boolean {
  return URL.canParse(host) && new URL(host).protocol === 'ssh:';
}

/** A login belongs into no message. */
function shown(host: string): string {
  return host.replace(/\/\/.*@/, '//');
}

function tlsOptions({ tls }: Engine): object {
  return { ca: tls?.ca, cert: tls?.cert, key: tls?.key, rejectUnauthorized: tls?.verify };
}

/** What became of a request, in the words of this engine; an answer of the engine itself is passed on as it is. */
export function fromEngine(connection: Connection): (error: unknown) => Promise<never> {
  return async error => {
    if (statusOf(error) !== undefined) throw error;
    throw engineUnreachable(connection.describe, await connection.said(), error);
  };
}

/** The engine's answer as an HTTP status; undefined when there was none. */
export function statusOf(error: unknown): number | undefined {
  return (error as { statusCode?: number }).statusCode;
}
