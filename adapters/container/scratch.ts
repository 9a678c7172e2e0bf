import type { ScratchMajors, ScratchNeed, Server } from '../../src/contract/adapter.ts';
import type { RunContext } from '../../src/contract/run-context.ts';
import { interruption, OrchestrateError } from '../../src/errors.ts';
import { clientServer } from '../../src/postgres/client-server.ts';
import { serverFolders } from '../../src/postgres/scratch-script.ts';
import { connectEngine } from './connect.ts';
import { runningPlace } from './container-state.ts';
import { runExec } from './exec.ts';
import { freeBytes } from './free-bytes.ts';
import { namedContainer } from './named-container.ts';
import { newerImage } from './newer-image.ts';
import type { ContainerOptions } from './options.ts';
import type { Place } from './place.ts';
import { clearLeftContainers } from './scratch-leftovers.ts';
import { sourceOf } from './scratch-source.ts';
import { containerSpawn } from './spawn.ts';
import { throwawayContainer } from './throwaway-container.ts';

/** A throwaway container of the image that the target's container was made of, which itself need not run. */
export async function containerScratch(
  options: ContainerOptions,
  need: ScratchNeed,
  run: RunContext,
): Promise<Server> {
  const connection = await connectEngine(options.docker, run);
  try {
    const { found } = await namedContainer(connection, options, run);
    const source = await sourceOf(connection, found);
    await clearLeftContainers(connection);
    const { place, folder, programs, end } = await throwawayContainer(connection, source, need, run);
    const login = { PGHOST: folder, PGPORT: '5432', PGUSER: 'postgres' };
    return await clientServer(
      {
        where: `in a throwaway container of the image of ${source.container}`,
        database: 'postgres',
        seesThisHost: false,
        install: newerImage,
        spawn: containerSpawn(place, { ...login, ...pathWith(programs, source.env) }, run),
        freeBytes: directory => freeBytes(place, directory),
        async close() {
          await end();
          connection.close();
        },
      },
      run,
    );
  } catch (error) {
    connection.close();
    throw run.signal.aborted ? interruption(run.signal) : error;
  }
}

/** What that container would be made of. Of a container that does not run nobody can tell what is in its image. */
export async function probeContainerScratch(
  options: ContainerOptions,
  _need: ScratchMajors,
  run: RunContext,
): Promise<string> {
  const connection = await connectEngine(options.docker, run);
  try {
    const { found } = await namedContainer(connection, options, run);
    const { container, image } = await sourceOf(connection, found);
    if (found.State.Running && !(await hasServer(runningPlace(connection, found)))) throw noServer(container);
    return `a throwaway container of the image of ${container}, ${image.slice(0, 19)}`;
  } finally {
    connection.close();
  }
}

async function hasServer(place: Place): Promise<boolean> {
  const look = `for at in "$(command -v initdb)" $(printf '%s/initdb ' ${serverFolders}); do [ -x "$at" ] && exit; done; exit 1`;
  const { exitCode } = await runExec(place, ['sh', '-c', look]);
  return exitCode === 0;
}

function noServer(container: string): OrchestrateError {
  return new OrchestrateError('no-client', `no server programs of PostgreSQL in the image of ${container}`, {
    hint: 'Use an image that has initdb and pg_ctl, or check files alone with: db-orchestrate verify --quick',
  });
}

/** Images need not have PostgreSQL's programs in PATH, or those of several versions. */
function pathWith(programs: string | undefined, env: readonly string[]): Record<string, string> {
  if (programs === undefined) return {};
  const path = env.find(entry => entry.startsWith('PATH='))?.slice('PATH='.length);
  return { PATH: `${programs}:${path ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'}` };
}
