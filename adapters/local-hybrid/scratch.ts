import type { ScratchNeed, Server } from '../../src/contract/adapter.ts';
import type { RunContext } from '../../src/contract/run-context.ts';
import { interruption } from '../../src/errors.ts';
import { clientServer } from '../../src/postgres/client-server.ts';
import { withoutLibpqVariables } from './connection.ts';
import { freeBytes } from './free-bytes.ts';
import { installationsOf } from './installations.ts';
import type { LocalHybridOptions } from './options.ts';
import { findClients } from './programs.ts';
import { scratchPrograms } from './scratch-programs.ts';
import { hostSpawn } from './spawn.ts';
import { temporaryCluster } from './temporary-cluster.ts';

/** A temporary cluster of this host's own server programs, reached through its socket alone. */
export async function hostScratch(
  { binDirectory }: LocalHybridOptions,
  need: ScratchNeed,
  run: RunContext,
): Promise<Server> {
  try {
    const servers = await installationsOf(['postgres', 'initdb', 'pg_ctl'], binDirectory, run);
    const found = servers.length > 0 ? await findClients(binDirectory, run) : [];
    const { server, clients } = scratchPrograms(servers, found, need);
    const cluster = await temporaryCluster(server, need, run);
    const login = { PGHOST: cluster.folder, PGPORT: '5432', PGUSER: 'postgres', PGCONNECT_TIMEOUT: '20' };
    const environment = { ...withoutLibpqVariables(run.env), ...login };
    return await clientServer(
      {
        where: `in a temporary cluster of ${server.directory}`,
        database: 'postgres',
        seesThisHost: true,
        // The newest, which read archives of every pg_dump here.
        spawn: hostSpawn(found[0]!.directory, environment),
        clientsFor: () => ({ spawn: hostSpawn(clients.directory, environment), version: clients.version }),
        freeBytes,
        close: cluster.end,
      },
      run,
    );
  } catch (error) {
    // What was looked for may be missing only because the search was broken off.
    throw run.signal.aborted ? interruption(run.signal) : error;
  }
}
