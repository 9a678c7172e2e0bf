import type Docker from 'dockerode';
import type { Alternative } from '../../src/contract/adapter.ts';
import type { RunContext } from '../../src/contract/run-context.ts';
import { OrchestrateError } from '../../src/errors.ts';
import { addressesOf, isOwnAddress } from '../../src/own-addresses.ts';
import { connectEngine, fromEngine } from './connect.ts';
import type { ContainerOptions } from './options.ts';
import { portsOf } from './searches.ts';

/**
 * The running containers that a server of this machine's may be in: those that publish its port, or have its address.
 * None where there is no engine to ask.
 */
export async function optionsFor(
  { host, port, user, password, database }: Alternative,
  run: RunContext,
): Promise<ContainerOptions[]> {
  const running = await runningContainers(run);
  if (running.length === 0) return [];
  const addresses = await addressesOf(host);
  const login = { user, password, database };
  if (!addresses.some(isOwnAddress)) {
    return running
      .filter(one => containerAddresses(one).some(address => addresses.includes(address)))
      .map(({ Id }) => ({ container: Id, ...login }));
  }
  const publishing = running.filter(one => portsOf(one).some(({ PublicPort }) => PublicPort === port));
  // By the port the right one of several servers in it is found; not where several publish it on different addresses.
  return publishing.length === 1
    ? [{ port, ...login }]
    : publishing.map(({ Id }) => ({ container: Id, ...login }));
}

async function runningContainers(run: RunContext): Promise<Docker.ContainerInfo[]> {
  try {
    const connection = await connectEngine(undefined, run);
    try {
      return await connection.docker.listContainers().catch(fromEngine(connection));
    } finally {
      connection.close();
    }
  } catch (error) {
    if (!(error instanceof OrchestrateError)) throw error;
    run.emit({ type: 'detail', message: `no container was looked for: ${error.message}` });
    return [];
  }
}

function containerAddresses({ NetworkSettings }: Docker.ContainerInfo): string[] {
  const networks = Object.values(NetworkSettings?.Networks ?? {});
  return networks.flatMap(({ IPAddress, GlobalIPv6Address }) =>
    [IPAddress, GlobalIPv6Address].filter(Boolean),
  );
}
