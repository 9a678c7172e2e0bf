import type Docker from 'dockerode';
import type { RunContext } from '../../src/contract/run-context.ts';
import { OrchestrateError } from '../../src/errors.ts';
import { type Connection, fromEngine, statusOf } from './connect.ts';
import { inspectContainer, listedName } from './find-container.ts';
import type { ContainerOptions } from './options.ts';
import { bareOrQuoted } from './quoted.ts';
import { byLabel, byPort, byService, portsOf, type Search } from './searches.ts';

/** The container that a target names, whether or not it runs. */
export interface NamedContainer {
  readonly found: Docker.ContainerInspectInfo;
  /** Of the server in it, where the naming tells that. */
  readonly serverPort?: number | undefined;
}

/** What a target says of its container, in words. */
export function describeNaming({ container = '', service, label, port }: ContainerOptions): string {
  if (service !== undefined) return `container of compose service ${bareOrQuoted(service)}`;
  if (label !== undefined) return `container with label ${bareOrQuoted(label)}`;
  if (port !== undefined) return `container that publishes port ${port}`;
  return `container ${bareOrQuoted(container)}`;
}

/**
 * Rejects with `unreachable` when there is no such container, `usage` when several could be meant; the message or the
 * hint lists those that there are.
 */
export async function namedContainer(
  connection: Connection,
  { container = '', service, label, port }: ContainerOptions,
  run: RunContext,
): Promise<NamedContainer> {
  if (service !== undefined) return only(connection, await byService(connection, service, run));
  if (label !== undefined) return only(connection, await byLabel(connection, label));
  if (port !== undefined) return only(connection, await byPort(connection, port), port);
  return { found: await inspectContainer(connection, container) };
}

/** The one that runs, else the only one: where one runs, the others have no server to be mistaken for. */
async function only(
  connection: Connection,
  { wanted, found, hint }: Search,
  port?: number,
): Promise<NamedContainer> {
  const running = found.filter(({ State }) => State === 'running');
  const candidates = running.length > 0 ? running : found;
  const [one, ...others] = candidates;
  if (others.length > 0) throw ambiguous(wanted, candidates);
  const inspected = one && (await inspect(connection, one));
  if (!inspected) throw new OrchestrateError('unreachable', `there is no ${wanted}`, { hint: await hint() });
  const serverPort = portsOf(one).find(({ PublicPort }) => PublicPort === port)?.PrivatePort;
  return { found: inspected, serverPort: port === undefined ? undefined : serverPort };
}

function ambiguous(wanted: string, candidates: readonly Docker.ContainerInfo[]): OrchestrateError {
  const names = candidates.map(one => `${listedName(one)} (${one.State})`);
  return new OrchestrateError('usage', `there is more than one ${wanted}: ${names.join(', ')}`, {
    hint: `Name the one that is meant, for example with: container: '${listedName(candidates[0]!)}'`,
  });
}

/** Undefined when it has just gone. */
async function inspect(
  connection: Connection,
  { Id }: Docker.ContainerInfo,
): Promise<Docker.ContainerInspectInfo | undefined> {
  return connection.docker
    .getContainer(Id)
    .inspect()
    .catch(error => (statusOf(error) === 404 ? undefined : fromEngine(connection)(error)));
}
