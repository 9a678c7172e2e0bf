import type { Adapter, Spawn } from '../../src/contract/adapter.ts';
import { OrchestrateError } from '../../src/errors.ts';
import { freeBytes } from '../../src/free-bytes.ts';
import { clientServer } from '../../src/postgres/client-server.ts';
import { alternative } from './alternative.ts';
import { missingConnection, parseConnection, withoutLibpqVariables } from './connection.ts';
import { hostInstallHint } from './install-hint.ts';
import { type LocalHybridOptions, localHybridOptions } from './options.ts';
import { optionsFor } from './options-for.ts';
import { type Clients, findClients, fittingClients } from './programs.ts';
import { hostScratch, probeHostScratch } from './scratch.ts';
import { hostSpawn } from './spawn.ts';
import { localHybridSteps } from './steps.ts';

/** PostgreSQL's client programs on this host, and a server anywhere they can connect to. */
export const localHybrid: Adapter<LocalHybridOptions> = {
  name: 'local-hybrid',
  options: localHybridOptions,
  describe: options =>
    options.url === undefined
      ? 'as libpq is told by the environment'
      : parseConnection(options.url, {}).describe,
  database: (options, env) => parseConnection(options.url, env).database,

  async probe(options, run) {
    try {
      const server = await localHybrid.open(options, run);
      await server.close();
      return { usable: true, describe: server.describe };
    } catch (error) {
      if (error instanceof OrchestrateError) return { usable: false, reason: error.message, failure: error };
      throw error;
    }
  },

  async open(options, run) {
    const connection = parseConnection(options.url, run.env);
    if (!connection.configured) throw missingConnection();
    for (const message of connection.notices) run.emit({ type: 'notice', message });
    const clients = await findClients(options.binDirectory, run);
    const environment = { PGCONNECT_TIMEOUT: '20', ...withoutLibpqVariables(run.env), ...connection.env };
    const spawnFrom = ({ directory, version }: Clients): Spawn => {
      run.emit({ type: 'detail', message: `client programs ${version.text} in ${directory}` });
      return hostSpawn(directory, environment);
    };
    return clientServer(
      {
        where: `on ${connection.describe}`,
        database: connection.database,
        seesThisHost: true,
        install: major => hostInstallHint('client', major),
        freeBytes,
        spawn: spawnFrom(clients[0]!),
        clientsFor: server => {
          const fitting = fittingClients(clients, server) ?? clients[0]!;
          return { spawn: spawnFrom(fitting), version: fitting.version };
        },
      },
      run,
    );
  },
  scratch: hostScratch,
  probeScratch: probeHostScratch,
  steps: localHybridSteps,
  alternative,
  optionsFor,
};
