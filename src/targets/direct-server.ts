import type { Target } from '../config/config.ts';
import type { Server } from '../contract/adapter.ts';
import type { RunContext } from '../contract/run-context.ts';
import { openMaintenance } from '../postgres/maintenance.ts';
import { serverIdentity } from '../postgres/server-identity.ts';
import { openSame } from './stand-in.ts';

/**
 * The same server, reached by this machine's own programs where they can: their bytes take no way through an engine, which
 * is several times as quick. They have to be of the server's own major, as those near it are; else the server is
 * returned as it is.
 */
export async function directServer(target: Target, server: Server, run: RunContext): Promise<Server> {
  const others = (target.adapters ?? []).filter(adapter => adapter !== target.adapter && adapter.optionsFor);
  if (!server.direct?.addresses.length || others.length === 0) return server;
  const { addresses, ...login } = server.direct;
  const session = await openMaintenance(server, server.database, server.database);
  const identity = await serverIdentity(session);
  await session.close();
  for (const address of addresses) {
    const alternative = { ...address, ...login, database: server.database, identity };
    for (const adapter of others) {
      for (const options of (await adapter.optionsFor!(alternative, run)) ?? []) {
        const direct = await openSame(adapter, options, alternative, 'detail', run);
        if (direct?.clientVersion.major === server.version.major) return joined(server, direct, run);
        await direct?.close();
      }
    }
  }
  return server;
}

/** What is asked about the machine that the server is on is still asked there. */
function joined(server: Server, direct: Server, run: RunContext): Server {
  run.emit({ type: 'detail', message: `reached without the engine: ${direct.describe}` });
  const { describe, freeBytes } = server;
  return {
    ...direct,
    describe,
    ...(freeBytes && { freeBytes }),
    async close() {
      await direct.close();
      await server.close();
    },
  };
}
