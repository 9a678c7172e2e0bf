import type { ScratchMajors } from '../../src/contract/adapter.ts';
import { OrchestrateError } from '../../src/errors.ts';
import { hostInstallHint } from './install-hint.ts';
import type { Installation } from './installations.ts';
import { type Clients, fittingClients } from './programs.ts';

export interface ScratchPrograms {
  readonly server: Installation;
  readonly clients: Clients;
}

/**
 * The server's programs: of the backup's own major, else of the nearest newer one, and the client programs to use
 * with them; both lists have their newest first. Rejects with `no-client` when nothing fits.
 */
export function scratchPrograms(
  servers: readonly Installation[],
  clients: readonly Clients[],
  { serverMajor, dumpMajor }: ScratchMajors,
): ScratchPrograms {
  // A server that no pg_dump here can dump is of no use.
  const usable = servers.filter(({ version }) => fittingClients(clients, version));
  const wanted = serverMajor ?? dumpMajor ?? Number.POSITIVE_INFINITY;
  const nearest = fittingClients(usable, { major: wanted });
  const server = serverMajor === undefined ? (nearest ?? usable[0]) : nearest;
  if (!server) throw nothingFits(servers, clients, serverMajor);
  const atLeast = Math.max(server.version.major, dumpMajor ?? 0);
  const chosen = fittingClients(clients, { major: atLeast }) ?? fittingClients(clients, server.version)!;
  return { server, clients: chosen };
}

function nothingFits(
  servers: readonly Installation[],
  clients: readonly Clients[],
  serverMajor: number | undefined,
): OrchestrateError {
  const major = serverMajor ?? clients[0]?.version.major ?? 17;
  const newest = servers[0]?.version;
  let reason = 'there are no server programs of PostgreSQL (initdb, pg_ctl, postgres) on this host';
  if (newest && serverMajor !== undefined && newest.major < serverMajor)
    reason = `the newest server programs on this host are of PostgreSQL ${newest.text}, older than the server of the backup, PostgreSQL ${serverMajor}`;
  else if (newest)
    reason = `no pg_dump on this host is new enough for its server programs, PostgreSQL ${newest.text}`;
  return new OrchestrateError('no-client', reason, {
    hint: hostInstallHint('server', major),
  });
}
