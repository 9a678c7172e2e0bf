import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';

/** The addresses that a name or an address stands for; none when it is not known. */
export async function addressesOf(host: string): Promise<string[]> {
  return (await lookup(host, { all: true }).catch(() => [])).map(({ address }) => address);
}

/** Whether it is this machine's. */
export function isOwnAddress(address: string): boolean {
  if (/^(127\.|0\.0\.0\.0$|::1?$)/.test(address)) return true;
  return Object.values(networkInterfaces()).some(all => all?.some(one => one.address === address));
}
