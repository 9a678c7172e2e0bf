import type Docker from 'dockerode';
import type { Discovered } from '../../src/contract/adapter.ts';
import type { RunContext } from '../../src/contract/run-context.ts';
import { connectEngine, fromEngine } from './connect.ts';
import { listedName } from './find-container.ts';
import { namedContainer } from './named-container.ts';
import type { ContainerOptions } from './options.ts';
import { runsPostgres } from './runs-postgres.ts';

const labels = {
  enable: 'db-orchestrate.enable',
  name: 'db-orchestrate.name',
  databases: 'db-orchestrate.databases',
} as const;

/** How long one container may take to tell what runs in it. */
const answerWithin = 5_000; // milliseconds
/** Looked into at the same time. */
const batch = 16;

/** The containers of the engine in which a PostgreSQL server runs, by name, but for those that a label leaves out. */
export async function discoverContainers(
  known: readonly ContainerOptions[],
  run: RunContext,
): Promise<Discovered<ContainerOptions>[]> {
  const connection = await connectEngine(undefined, run);
  try {
    const running = await connection.docker.listContainers().catch(fromEngine(connection));
    const asked = running.filter(({ Labels }) => !/^(false|no|off|0)$/i.test(Labels[labels.enable] ?? ''));
    const ids = await Promise.all(known.map(options => idOf(options, run)));
    const found: Docker.ContainerInfo[] = [];
    for (let at = 0; at < asked.length; at += batch) {
      const some = asked.slice(at, at + batch);
      const answers = await Promise.all(some.map(one => within(runsPostgres(connection, one))));
      for (const [index, one] of some.entries()) {
        if (answers[index]) found.push(one);
        else if (answers[index] === undefined) tellSilent(one, run);
      }
    }
    return found
      .map(one => discovered(one, ids))
      .sort((a, b) => (a.names.at(-1)! < b.names.at(-1)! ? -1 : 1));
  } finally {
    connection.close();
  }
}

function discovered(
  one: Docker.ContainerInfo,
  ids: readonly (string | undefined)[],
): Discovered<ContainerOptions> {
  const name = listedName(one);
  const { [labels.name]: wanted, [labels.databases]: listed } = one.Labels;
  const databases = (listed ?? '').split(',').flatMap(database => database.trim() || []);
  const index = ids.indexOf(one.Id);
  return {
    names: [...(wanted ? [wanted] : []), name],
    options: { container: name },
    databases: listed?.trim() === 'all' ? 'all' : databases.length > 0 ? databases : undefined,
    knownAs: index < 0 ? undefined : index,
  };
}

/** Of the container that a target names; undefined where there is none now. */
async function idOf(options: ContainerOptions, run: RunContext): Promise<string | undefined> {
  try {
    const connection = await connectEngine(options.docker, run);
    try {
      return await within(namedContainer(connection, options, run).then(({ found }) => found.Id));
    } finally {
      connection.close();
    }
  } catch {
    return undefined; // what is wrong with it is told when it is used
  }
}

/** Undefined when it takes too long. */
async function within<Result>(answer: Promise<Result>): Promise<Result | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), answerWithin);
  answer.catch(() => undefined); // also when nobody waits for it any more
  try {
    return await Promise.race([answer, promise]);
  } finally {
    clearTimeout(timer);
  }
}

function tellSilent(one: Docker.ContainerInfo, run: RunContext): void {
  const message = `container ${listedName(one)} was passed over: it does not tell what runs in it`;
  run.emit({ type: 'warning', message });
}
