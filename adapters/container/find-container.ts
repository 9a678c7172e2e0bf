import type Docker from 'dockerode';
import { OrchestrateError } from '../../src/errors.ts';
import { type Connection, fromEngine, statusOf } from './connect.ts';
import { nameOf } from './place.ts';
import { quoted } from './quoted.ts';

/** Docker's own grammar of names; ids fit it too. Anything else would end up in a URL. */
const grammar = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;
const shortestId = 12;

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
