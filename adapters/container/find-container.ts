import type Docker from 'dockerode';
import { OrchestrateError } from '../../src/errors.ts';
import { type Connection, fromEngine, statusOf } from './connect.ts';
import { notRunning } from './container-state.ts';
import { quoted } from './quoted.ts';

/** One running container. */
export interface Place {
  readonly connection: Connection;
  /** Bound to the id: a container that was made anew under the same name is another one. */
  readonly container: Docker.Container;
  /** As a person knows it, without the slash that the engine puts before it. */
  readonly name: string;
  /** When it was last started, as the engine writes it; another value tells that it was restarted. */
  readonly startedAt: string;
  /** NAME=value */
  readonly env: readonly string[];
}

/** Docker's own grammar of names; ids fit it too. Anything else would end up in a URL. */
const grammar = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;
const shortestId = 12;

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

/** The container with this name or id, whether or not it runs. Rejects with `unreachable` when there is none. */
export async function inspectContainer(
  connection: Connection,
  wanted: string,
): Promise<Docker.ContainerInspectInfo> {
  const found = grammar.test(wanted) ? await inspect(connection, wanted) : undefined;
  if (found && means(wanted, found)) return found;
  throw await unknown(connection, wanted);
}

async function inspect(connection: Connection, id: string): Promise<Docker.ContainerInspectInfo | undefined> {
  try {
    return await connection.docker.getContainer(id).inspect();
  } catch (error) {
    // 400 and 404 tell the same: a prefix of several ids is no container either.
    if (statusOf(error) === 404 || statusOf(error) === 400) return undefined;
    return fromEngine(connection)(error);
  }
}

/** The engine also takes the first letters of an id, which a mistyped name could be. */
function means(wanted: string, { Name, Id }: Docker.ContainerInspectInfo): boolean {
  return nameOf(Name) === wanted || (wanted.length >= shortestId && Id.startsWith(wanted));
}

/** Of the container's own environment. */
export function variable({ env }: Place, name: string): string | undefined {
  return env.find(entry => entry.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** As a person knows it, without the slash that the engine puts before it. */
export function nameOf(name: string): string {
  return name.replace(/^\//, '');
}

async function unknown(connection: Connection, wanted: string): Promise<OrchestrateError> {
  const all = await connection.docker.listContainers({ all: true }).catch(fromEngine(connection));
  const alike = all.map(listedName).filter(name => resembles(name, wanted));
  const offered = alike.length > 0 ? alike : all.filter(looksLikePostgres).map(listedName);
  return new OrchestrateError('unreachable', `no container named ${quoted(wanted)}`, {
    hint:
      offered.length > 0
        ? `Did you mean ${offered.slice(0, 5).join(', ')}? See all with: docker ps --all`
        : 'See which there are with: docker ps --all',
  });
}

/** A container can also have names of links to it, which hold another slash. */
export function listedName({ Id, Names }: Docker.ContainerInfo): string {
  const names = (Names ?? []).map(nameOf);
  return names.find(name => !name.includes('/')) ?? Id.slice(0, shortestId);
}

function resembles(name: string, wanted: string): boolean {
  const [a, b] = [name, wanted].map(text => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '')) as [
    string,
    string,
  ];
  return a.length > 2 && b.length > 2 && (a.includes(b) || b.includes(a));
}

/** As far as one can tell without looking inside. */
export function looksLikePostgres({ Image, State, Ports }: Docker.ContainerInfo): boolean {
  return (
    State === 'running' &&
    (/postg|pgvector|timescale|spilo/i.test(Image) || Ports.some(({ PrivatePort }) => PrivatePort === 5432))
  );
}
