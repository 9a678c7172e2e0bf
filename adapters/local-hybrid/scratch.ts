import type { ScratchMajors, ScratchNeed, Server } from '../../src/contract/adapter.ts';
import type { RunContext } from '../../src/contract/run-context.ts';
import { interruption } from '../../src/errors.ts';
import { freeBytes } from '../../src/free-bytes.ts';
import { clientServer } from '../../src/postgres/client-server.ts';
import { withoutLibpqVariables } from './connection.ts';
import { hostInstallHint } from './install-hint.ts';
import { installationsOf } from './installations.ts';
import type { LocalHybridOptions } from './options.ts';
import { type Clients, findClients } from './programs.ts';
import { type ScratchPrograms, scratchPrograms } from './scratch-programs.ts';
import { scratchUser } from './scratch-user.ts';
import { hostSpawn } from './spawn.ts';
import { temporaryCluster } from './temporary-cluster.ts';

/** A temporary cluster of this host's own server programs, reached through its socket alone. */
export async function hostScratch(
  options: LocalHybridOptions,
  need: ScratchNeed,
  run: RunContext,
): Promise<Server> {
  try {
    const { server, clients, found } = await findPrograms(options, need, run);
    const cluster = await temporaryCluster(server, need, run);
    const login = { PGHOST: cluster.folder, PGPORT: '5432', PGUSER: 'postgres', PGCONNECT_TIMEOUT: '20' };
    const environment = { ...withoutLibpqVariables(run.env), ...login };
    return await clientServer(
      {
        where: `in a temporary cluster of ${server.directory}`,
        database: 'postgres',
        seesThisHost: true,
        install: major => hostInstallHint('client', major),
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

/** What that cluster would be made of. */
export async function probeHostScratch(
  options: LocalHybridOptions,
  need: ScratchMajors,
  run: RunContext,
): Promise<string> {
  const { server } = await findPrograms(options, need, run);
  await scratchUser();
  return `a temporary cluster of PostgreSQL ${server.version.text} in ${server.directory}`;
}

/** `found`: all client programs, the newest first. */
async function findPrograms(
  { binDirectory }: LocalHybridOptions,
  need: ScratchMajors,
  run: RunContext,
): Promise<ScratchPrograms & { found: readonly Clients[] }> {
  const servers = await installationsOf(['postgres', 'initdb', 'pg_ctl'], binDirectory, run);
  const found = servers.length > 0 ? await findClients(binDirectory, run) : [];
  return { ...scratchPrograms(servers, found, need), found };
}
