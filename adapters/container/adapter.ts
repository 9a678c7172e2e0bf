import type { Adapter } from '../../src/contract/adapter.ts';
import { OrchestrateError } from '../../src/errors.ts';
import { clientServer } from '../../src/postgres/client-server.ts';
import { connectEngine } from './connect.ts';
import { isInitialising, runningPlace } from './container-state.ts';
import { findCredentials } from './credentials.ts';
import { directAddresses } from './direct.ts';
import { discoverContainers } from './discover.ts';
import { runExec } from './exec.ts';
import { freeBytes } from './free-bytes.ts';
import { describeNaming, namedContainer } from './named-container.ts';
import { newerImage } from './newer-image.ts';
import { type ContainerOptions, containerOptions } from './options.ts';
import { optionsFor } from './options-for.ts';
import { containerScratch, probeContainerScratch } from './scratch.ts';
import { portOf, serverAddress } from './server-address.ts';
import { containerSpawn } from './spawn.ts';
import { containerSteps } from './steps.ts';

/** The client programs inside a container, started through the Docker engine. Nothing is needed on this host. */
export const containerAdapter: Adapter<ContainerOptions> = {
  name: 'container',
  options: containerOptions,
  describe: describeNaming,
  database: ({ database }) => database,

  async probe(options, run) {
    try {
      const connection = await connectEngine(options.docker, run);
      try {
        const { found } = await namedContainer(connection, options, run);
        const place = runningPlace(connection, found);
        const { exitCode } = await runExec(place, ['sh', '-c', 'command -v pg_dump && command -v psql']);
        return exitCode === 0
          ? { usable: true, describe: `container ${place.name}` }
          : { usable: false, reason: `no pg_dump and psql in container ${place.name}` };
      } finally {
        connection.close();
      }
    } catch (error) {
      if (error instanceof OrchestrateError) return { usable: false, reason: error.message };
      throw error;
    }
  },

  async open(options, run) {
    const connection = await connectEngine(options.docker, run);
    try {
      const { found, serverPort } = await namedContainer(connection, options, run);
      const place = runningPlace(connection, found);
      if (await isInitialising(place)) throw initialising(place.name);
      const address = await serverAddress(place, serverPort, run);
      const { user, password, database } = await findCredentials(options, place);
      const env = { ...address, PGUSER: user, ...(password === undefined ? {} : { PGPASSWORD: password }) };
      return await clientServer(
        {
          where: `in container ${place.name}`,
          database,
          seesThisHost: false,
          direct: {
            addresses: await directAddresses(found, portOf(address, place), options.docker, run),
            ...{ user, password },
          },
          install: newerImage,
          spawn: containerSpawn(place, env, run),
          freeBytes: directory => freeBytes(place, directory),
          close: async () => connection.close(),
        },
        run,
      );
    } catch (error) {
      connection.close();
      throw error;
    }
  },

  discover: discoverContainers,
  scratch: containerScratch,
  probeScratch: probeContainerScratch,
  steps: containerSteps,
  optionsFor,
};

function initialising(name: string): OrchestrateError {
  return new OrchestrateError('unreachable', `container ${name} is still creating its database`, {
    hint: `Try again in a moment; see how far it is with: docker logs ${name}`,
  });
}
