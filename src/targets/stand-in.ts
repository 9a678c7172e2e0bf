import type { Target } from '../config/config.ts';
import type { Adapter, Alternative, Server } from '../contract/adapter.ts';
import type { RunContext } from '../contract/run-context.ts';
import { OrchestrateError } from '../errors.ts';
import { openMaintenance } from '../postgres/maintenance.ts';
import { isSameServer, serverIdentity } from '../postgres/server-identity.ts';
import { withinFolder } from './within-folder.ts';

/** Another adapter's way to the server of a target. */
export interface StandIn {
  readonly adapter: Adapter;
  readonly options: unknown;
  /** Open, and shown to be the same one. */
  readonly server: Server;
}

/**
 * Where the target's own adapter found no programs that fit (`cause`), the adapter that has some and reaches the same
 * server, as both say of it; it is told of once. Undefined when `cause` is another failure, or there is none.
 */
export async function standIn(target: Target, cause: unknown, run: RunContext): Promise<StandIn | undefined> {
  if (!(cause instanceof OrchestrateError && cause.code === 'no-client')) return undefined;
  const own = withinFolder(target, run);
  const alternative = await target.adapter.alternative?.(target.options, own);
  if (!alternative) return undefined;
  for (const adapter of target.adapters ?? []) {
    if (adapter === target.adapter) continue;
    for (const options of (await adapter.optionsFor?.(alternative, own)) ?? []) {
      const server = await openSame(adapter, options, alternative, 'notice', own);
      if (!server) continue;
      tell(target, `${cause.message}; the same is ${server.describe}, whose programs are used instead`, run);
      return { adapter, options, server };
    }
  }
  return undefined;
}

/** Undefined, and said so, when that is not the way to the same server. */
export async function openSame(
  adapter: Adapter,
  options: unknown,
  { host, port, identity }: Alternative,
  type: 'notice' | 'detail',
  run: RunContext,
): Promise<Server | undefined> {
  const refused = (reason: string) =>
    run.emit({ type, message: `${adapter.describe(options)} is not used: ${reason}` });
  let server: Server | undefined;
  try {
    server = await adapter.open(options, run);
    const session = await openMaintenance(server, server.database, server.database);
    if (isSameServer(await serverIdentity(session), identity)) {
      await session.close();
      return server;
    }
    refused(`what answers on ${host}:${port} is another server`);
  } catch (error) {
    if (run.signal.aborted || !(error instanceof OrchestrateError)) throw error;
    refused(error.message);
  }
  await server?.close();
  return undefined;
}

const told = new WeakMap<Target, Set<string>>();

function tell(target: Target, message: string, run: RunContext): void {
  const before = told.get(target) ?? new Set();
  if (before.has(message)) return;
  told.set(target, before.add(message));
  run.emit({ type: 'notice', message });
}
