import type { Server, Spawn } from '../contract/adapter.ts';
import type { RunContext } from '../contract/run-context.ts';
import type { Way } from '../elsewhere/spawn-through.ts';
import type { ClientAccess } from '../postgres/client-server.ts';

// What adapters are made of. A config file imports the same index, so each part is loaded when it is used.

/**
 * A server reached through pg_dump and psql, whatever starts them. Rejects with `unreachable` (in psql's own words) when
 * there is no connection, `no-client` when pg_dump is missing or older than the server.
 */
export async function clientServer(access: ClientAccess, run: RunContext): Promise<Server> {
  const parts = await import('../postgres/client-server.ts');
  return parts.clientServer(access, run);
}

/**
 * Starts client programs through a program of this host that runs commands somewhere else: kubectl exec, ssh. There has
 * to be a POSIX shell there. They end, with their server backends, when they are told to and when this process is gone,
 * and only output that arrived whole is a success.
 */
export function spawnThrough(way: Way, run: RunContext): Spawn {
  return async call => {
    const parts = await import('../elsewhere/spawn-through.ts');
    return parts.spawnThrough(way, run)(call);
  };
}
