import { networkInterfaces } from 'node:os';
import type Docker from 'dockerode';
import type { DirectAddress } from '../../src/contract/adapter.ts';
import type { RunContext } from '../../src/contract/run-context.ts';
import { resolveEngine } from './engine.ts';
import type { ContainerOptions } from './options.ts';

/**
 * Where this machine's own programs may reach the server in a container: at the container's address, where its network's
 * bridge is here, then at its published port. None where the engine may be another machine's.
 */
export async function directAddresses(
  { NetworkSettings: { Networks, Ports } }: Docker.ContainerInspectInfo,
  port: number,
  docker: ContainerOptions['docker'],
  { env }: Pick<RunContext, 'env'>,
): Promise<DirectAddress[]> {
  const engine = await resolveEngine(docker, env);
  if (!engine.host.startsWith('unix://')) return [];
  const own = Object.values(networkInterfaces()).flatMap(all => all?.map(({ address }) => address) ?? []);
  const bridged = Object.values(Networks ?? {})
    .filter(({ IPAddress, Gateway }) => IPAddress && own.includes(Gateway))
    .map(({ IPAddress }) => ({ host: IPAddress, port }));
  const published = (Ports?.[`${port}/tcp`] ?? []).map(({ HostIp, HostPort }) => ({
    host: /^(0\.0\.0\.0|::)?$/.test(HostIp) ? '127.0.0.1' : HostIp,
    port: Number(HostPort),
  }));
  return [...bridged, ...published];
}
