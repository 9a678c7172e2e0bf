import { userInfo } from 'node:os';
import type { Alternative, Session } from '../../src/contract/adapter.ts';
import type { RunContext } from '../../src/contract/run-context.ts';
import { addressesOf, isOwnAddress } from '../../src/own-addresses.ts';
import { serverIdentity } from '../../src/postgres/server-identity.ts';
import { openSession } from '../../src/postgres/session.ts';
import { type Connection, parseConnection, withoutLibpqVariables } from './connection.ts';
import { installationsOf } from './installations.ts';
import type { LocalHybridOptions } from './options.ts';
import { hostSpawn } from './spawn.ts';
import { openWireSession } from './wire-session.ts';

/**
 * What the server says of itself, asked by any psql of this host: one that is too old to dump still connects. Where
 * there is none at all it is asked without. Undefined when nobody can ask, or the connection says more than another
 * adapter could be told.
 */
export async function alternative(
  { url, binDirectory }: LocalHybridOptions,
  run: RunContext,
): Promise<Alternative | undefined> {
  const connection = parseConnection(url, run.env);
  const place = connection.configured && singlePlace(connection);
  if (!place) return undefined;
  const [psql] = await installationsOf(['psql'], binDirectory, run);
  const environment = { PGCONNECT_TIMEOUT: '20', ...withoutLibpqVariables(run.env), ...connection.env };
  const session = await firstSession(connection.database, database =>
    psql
      ? openSession(hostSpawn(psql.directory, environment), database)
      : unaided(connection, place, database),
  );
  if (!session) return undefined;
  try {
    const [who] = await session.query<{ user: string; database: string }>(
      'SELECT session_user AS user, current_database() AS database',
    );
    return {
      ...place,
      user: who!.user,
      password: connection.env.PGPASSWORD,
      database: connection.database ?? who!.database,
      identity: await serverIdentity(session),
    };
  } catch {
    // It may be gone by now, or be none of PostgreSQL's own, such as a pooler.
    return undefined;
  } finally {
    await session.close();
  }
}

/** A socket is no container's; a service or options of the session may say what only libpq on this host knows. */
function singlePlace({ host, env }: Connection): { host: string; port: number } | undefined {
  if (host === undefined || /^[/@]/.test(host) || env.PGOPTIONS) return undefined;
  return { host: env.PGHOSTADDR ?? host, port: Number(env.PGPORT ?? 5432) };
}

/** The database itself may be missing: a restore brings it back. */
async function firstSession(
  database: string | undefined,
  open: (database: string | undefined) => Promise<Session>,
): Promise<Session | undefined> {
  for (const one of new Set([database, 'postgres', 'template1'])) {
    const session = await open(one).catch(() => undefined);
    if (session) return session;
  }
  return undefined;
}

/** As libpq would log in, where the connection wants no more of it than our own few words can do: no TLS, so no network. */
async function unaided(
  { env }: Connection,
  place: { host: string; port: number },
  database: string | undefined,
): Promise<Session> {
  const addresses = await addressesOf(place.host);
  if (/^(?:require|verify-)/.test(env.PGSSLMODE ?? '') || !addresses.every(isOwnAddress))
    throw new Error('TLS is wanted');
  const user = env.PGUSER ?? userInfo().username;
  return openWireSession({ ...place, user, password: env.PGPASSWORD, database: database ?? user });
}
