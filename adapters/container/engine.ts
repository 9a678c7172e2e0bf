import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { RunContext } from '../../src/contract/run-context.ts';
import { OrchestrateError } from '../../src/errors.ts';
import type { ContainerOptions } from './options.ts';
import { quoted } from './quoted.ts';

/** Where an engine listens. */
export interface Engine {
  /** As DOCKER_HOST: unix:///var/run/docker.sock, tcp://host:2376 */
  readonly host: string;
  readonly tls?: Tls | undefined;
}

export interface Tls {
  /** PEM texts; what is missing is left to Node's own certificate authorities. */
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** Whether the engine must show a certificate that `ca` vouches for. */
  readonly verify: boolean;
}

type Env = RunContext['env'];
const defaultHost = 'unix:///var/run/docker.sock';

/**
 * The engine that the docker command would talk to, in the same order: what was asked for, DOCKER_HOST,
 * DOCKER_CONTEXT, the current context, the default socket. docker-modem knows no contexts. Rejects with `usage`
 * when what is configured does not exist.
 */
export async function resolveEngine(docker: ContainerOptions['docker'], env: Env): Promise<Engine> {
  if (docker?.host !== undefined) return atHost(docker.host, env);
  if (docker?.context !== undefined) return ofContext(docker.context, env);
  if (env.DOCKER_HOST) return atHost(env.DOCKER_HOST, env);
  return ofContext(env.DOCKER_CONTEXT || (await currentContext(env)) || 'default', env);
}

async function atHost(host: string, env: Env): Promise<Engine> {
  // DOCKER_CERT_PATH alone switches TLS on for no one, as with the docker command.
  if (host.startsWith('unix://') || !(env.DOCKER_TLS || env.DOCKER_TLS_VERIFY)) return { host };
  const directory = env.DOCKER_CERT_PATH || configDirectory(env);
  return { host, tls: await certificates(directory, Boolean(env.DOCKER_TLS_VERIFY)) };
}

async function ofContext(name: string, env: Env): Promise<Engine> {
  if (name === 'default') return atHost(env.DOCKER_HOST || defaultHost, env);
  const contexts = join(configDirectory(env), 'contexts');
  const folder = createHash('sha256').update(name).digest('hex');
  const meta = await readFile(join(contexts, 'meta', folder, 'meta.json'), 'utf8').catch(cause => {
    throw new OrchestrateError('usage', `no docker context named ${quoted(name)}`, {
      cause,
      hint: 'See which there are with: docker context ls',
    });
  });
  const endpoint = parsed<{ Endpoints?: { docker?: { Host?: string; SkipTLSVerify?: boolean } } }>(
    meta,
    `the docker context ${quoted(name)}`,
  ).Endpoints?.docker;
  const tls = await certificates(join(contexts, 'tls', folder, 'docker'), !endpoint?.SkipTLSVerify);
  const used = tls.ca || tls.cert || endpoint?.SkipTLSVerify;
  return { host: endpoint?.Host || defaultHost, tls: used ? tls : undefined };
}

async function currentContext(env: Env): Promise<string | undefined> {
  const file = join(configDirectory(env), 'config.json');
  const text = await readFile(file, 'utf8').catch(() => '{}');
  return parsed<{ currentContext?: string }>(text, file).currentContext;
}

function configDirectory(env: Env): string {
  return env.DOCKER_CONFIG || join(env.HOME || homedir(), '.docker');
}

async function certificates(directory: string, verify: boolean): Promise<Tls> {
  const [ca, cert, key] = await Promise.all(
    ['ca.pem', 'cert.pem', 'key.pem'].map(name =>
      readFile(join(directory, name), 'utf8').catch(() => undefined),
    ),
  );
  return { ca, cert, key, verify };
}

function parsed<T>(text: string, what: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new OrchestrateError('usage', `${what} is not valid JSON`, { cause });
  }
}
