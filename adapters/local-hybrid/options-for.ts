import type { Alternative } from '../../src/contract/adapter.ts';
import type { LocalHybridOptions } from './options.ts';

/** By TCP, without the cost of encryption: what may be reached so is on this machine. */
export async function optionsFor({
  host,
  port,
  user,
  password = '',
  database,
}: Alternative): Promise<LocalHybridOptions[]> {
  const [login, secret, name] = [user, password, database].map(encodeURIComponent);
  const address = host.includes(':') ? `[${host}]` : host;
  return [{ url: `postgresql://${login}:${secret}@${address}:${port}/${name}?sslmode=disable` }];
}
