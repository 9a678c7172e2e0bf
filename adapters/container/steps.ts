import type { Step } from '../../src/contract/adapter.ts';
import type { RunContext } from '../../src/contract/run-context.ts';
import { OrchestrateError } from '../../src/errors.ts';
import { type Connection, connectEngine, fromEngine } from './connect.ts';
import { runningPlace } from './container-state.ts';
import { runExec } from './exec.ts';
import { namedContainer } from './named-container.ts';
import type { ContainerOptions } from './options.ts';
import type { Place } from './place.ts';

/** What has to be there before a server can be asked anything. */
export const containerSteps: readonly Step<ContainerOptions>[] = [
  {
    name: 'Docker engine',
    look: (options, run) =>
      withEngine(options, run, async connection => {
        const { Version } = await connection.docker.version().catch(fromEngine(connection));
        return `${connection.describe}, version ${Version}`;
      }),
  },
  {
    name: 'container',
    look: (options, run) =>
      withContainer(options, run, async ({ name, container }) => {
        const { Config } = await container.inspect();
        return `${name} runs, of image ${Config.Image}`;
      }),
  },
  {
    name: 'client programs',
    look: (options, run) =>
      withContainer(options, run, async place => {
        const { exitCode, stdout } = await runExec(place, [
          'sh',
          '-c',
          'psql --version && pg_dump --version',
        ]);
        if (exitCode === 0) return stdout.trim().replaceAll(/\s*\n\s*/g, ', ');
        throw new OrchestrateError('no-client', `no pg_dump and psql in container ${place.name}`, {
          hint: 'Use an image that has them, or reach the database from this host with the adapter local-hybrid.',
        });
      }),
  },
];

function withContainer(
  options: ContainerOptions,
  run: RunContext,
  look: (place: Place) => Promise<string>,
): Promise<string> {
  return withEngine(options, run, async connection => {
    const { found } = await namedContainer(connection, options, run);
    return look(runningPlace(connection, found));
  });
}

async function withEngine(
  { docker }: ContainerOptions,
  run: RunContext,
  look: (connection: Connection) => Promise<string>,
): Promise<string> {
  const connection = await connectEngine(docker, run);
  try {
    return await look(connection);
  } finally {
    connection.close();
  }
}
