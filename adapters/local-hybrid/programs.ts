import type { PostgresVersion } from '../../src/contract/adapter.ts';
import type { RunContext } from '../../src/contract/run-context.ts';
import { OrchestrateError } from '../../src/errors.ts';
import { hostInstallHint } from './install-hint.ts';
import { type Installation, installationsOf } from './installations.ts';

/** One installation of PostgreSQL's client programs. */
export type Clients = Installation;

/**
 * Every pair of pg_dump and psql on this machine, newest first; with `binDirectory` only those in it.
 * Rejects with `no-client` when there is none.
 */
export async function findClients(binDirectory: string | undefined, run: RunContext): Promise<Clients[]> {
  const clients = await installationsOf(['pg_dump', 'psql'], binDirectory, run);
  if (clients.length > 0) return clients;
  throw new OrchestrateError(
    'no-client',
    binDirectory === undefined
      ? 'no pg_dump and psql were found on this machine'
      : `no usable pg_dump and psql in ${binDirectory}`,
    { hint: hostInstallHint('client') },
  );
}

/** The newest of the server's own major, else of the nearest newer one; undefined when all are older. */
export function fittingClients(
  clients: readonly Clients[],
  server: Pick<PostgresVersion, 'major'>,
): Clients | undefined {
  const fitting = clients.filter(({ version }) => version.major >= server.major);
  const nearest = Math.min(...fitting.map(({ version }) => version.major));
  return fitting.find(({ version }) => version.major === nearest);
}
