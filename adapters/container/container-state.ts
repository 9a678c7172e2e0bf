import type Docker from 'dockerode';
import { OrchestrateError } from '../../src/errors.ts';
import { type Connection, statusOf } from './connect.ts';
import { nameOf, type Place } from './place.ts';

type State = Docker.ContainerInspectInfo['State'];

export interface Problem {
  readonly reason: string;
  readonly hint: string;
}

/** Why nothing can be started in a container of this state; undefined when something can. */
export function notRunning(name: string, state: State): Problem | undefined {
  if (state.Paused)
    return { reason: `container ${name} is paused`, hint: `Let it go on with: docker unpause ${name}` };
  if (state.Restarting)
    return {
      reason: `container ${name} is restarting`,
      hint: `See why it does not stay up with: docker logs ${name}`,
    };
  if (!state.Running) {
    const killed = state.OOMKilled ? ', out of memory' : '';
    const why = state.Status === 'created' ? '' : ` (exit code ${state.ExitCode}${killed})`;
    return { reason: `container ${name} is not running${why}`, hint: `Start it with: docker start ${name}` };
  }
  // While it initialises, an image may run a server of its own that is half filled and answers on the same socket.
  if (state.Health?.Status === 'starting')
    return {
      reason: `container ${name} is still starting`,
      hint: `Try again when it is healthy; see its state with: docker ps --filter name=${name}`,
    };
  return undefined;
}

/** Throws `unreachable` when nothing can be started in the container, and says why. */
export function runningPlace(connection: Connection, found: Docker.ContainerInspectInfo): Place {
  const name = nameOf(found.Name);
  const problem = notRunning(name, found.State);
  if (problem) throw new OrchestrateError('unreachable', problem.reason, { hint: problem.hint });
  return {
    connection,
    container: connection.docker.getContainer(found.Id),
    name,
    startedAt: found.State.StartedAt,
    env: found.Config.Env ?? [],
  };
}

/** What happened to a container that a program was running in; undefined when nothing did, as far as one can see. */
export async function whyUnusable({ container, name, startedAt }: Place): Promise<string | undefined> {
  try {
    const { State } = await container.inspect();
    if (State.Running && !State.Restarting && State.StartedAt !== startedAt)
      return `container ${name} was restarted`;
    if (State.Health?.Status === 'starting') return undefined;
    return notRunning(name, State)?.reason.replace('is not running', 'was stopped');
  } catch (error) {
    if (statusOf(error) === 404) return `container ${name} was removed`;
    return `the Docker engine no longer answers: ${(error as Error).message}`;
  }
}

/**
 * Whether an image of the official kind still fills its data directory. Until then a temporary server answers inside
 * the container, and what it has is not yet what the database will be.
 */
export async function isInitialising({ container }: Place): Promise<boolean> {
  // The script gives way to PostgreSQL when it is done. An engine that cannot list processes does not stand in the way.
  const { Processes = [] } = await container.top().catch(() => ({ Processes: [] }));
  return (Processes as string[][]).some(columns => entryPoint.test(columns.at(-1) ?? ''));
}

/** Itself, or a shell with it; not an init (`docker run --init`) or another script that was told of it and stays. */
const entryPoint = /^(?:\S*sh (?:-[^c\s]\S* )*)?\S*docker-entrypoint\.sh(?: |$)/;
