import type { Target } from '../../config/config.ts';
import type { Server, Session } from '../../contract/adapter.ts';
import type { RunContext } from '../../contract/run-context.ts';
import { OrchestrateError } from '../../errors.ts';
import { incomingName } from '../../postgres/database-names.ts';
import { lockDatabase, openMaintenance } from '../../postgres/maintenance.ts';
import { databaseNames } from '../../postgres/present.ts';
import { openScratchServer, openTarget } from '../../targets/open-target.ts';
import type { CheckedFile } from '../file/check-file.ts';
import { jobsOf } from '../jobs.ts';
import { dropDatabase, sweepIncoming } from '../replacement/clear-databases.ts';
import { furnishScratch } from './furnish-scratch.ts';
import type { ScratchAhead } from './scratch-ahead.ts';
import { originOf, scratchNeed } from './scratch-need.ts';

/** A server, or a place on one, where a backup can be restored without anybody noticing. */
export interface Scratch {
  readonly server: Server;
  readonly maintenance: Session;
  /** A name for one more database of this run. */
  name(purpose: string): string;
  /** How many sessions may load side by side. */
  readonly jobs: number;
  /** Whether the databases have a server of their own. */
  readonly throwaway: boolean;
  /** Removes everything. */
  close(): Promise<void>;
}

/**
 * Opens a throwaway server of the target's adapter, with the roles and tablespaces that the dump needs; or, where the
 * configuration says so, makes do with databases beside the live one. `open` reaches the target's own server. Rejects
 * with `no-client` when there is none. One that fits and was started `ahead` is taken.
 */
export async function openScratch(
  file: CheckedFile,
  target: Target,
  ahead: ScratchAhead | undefined,
  open: () => Promise<Server>,
  run: RunContext,
): Promise<Scratch> {
  if (target.scratch === 'same-server') return besideLive(target, run);
  const origin = originOf(file);
  const need = await scratchNeed(origin, open);
  const server = (await ahead?.take(need)) ?? (await openScratchServer(target, need, run));
  if (!server) throw noScratch(target);
  try {
    const maintenance = await server.session('postgres');
    await furnishScratch(file, maintenance);
    const taken = await databaseNames(maintenance);
    return {
      server,
      maintenance,
      // pg_cron can only be in the database that the server was told of, so the first one has the original's name.
      name: purpose =>
        purpose === 'restored' && !taken.includes(origin.database) ? origin.database : `scratch ${purpose}`,
      jobs: jobsOf(target),
      throwaway: true,
      close: () => server.close(),
    };
  } catch (error) {
    await server.close();
    throw error;
  }
}

function noScratch({ name, adapter }: Target): OrchestrateError {
  return new OrchestrateError('no-client', `adapter ${adapter.name} can make no scratch server for a proof`, {
    hint: `Let it use the live server: set scratch: 'same-server' for target ${name}. Or check the file alone with: db-orchestrate verify --quick`,
  });
}

async function besideLive(target: Target, run: RunContext): Promise<Scratch> {
  const server = await openTarget(target, run);
  const names = new Set<string>();
  try {
    const maintenance = await openMaintenance(server, server.database, server.database);
    const first = incomingName('scratch', run.id);
    await lockDatabase(maintenance, first, 'exclusive', run);
    await sweepIncoming(maintenance, run);
    return {
      server,
      maintenance,
      name(purpose) {
        const name = incomingName(`scratch_${purpose}`, run.id);
        names.add(name);
        return name;
      },
      jobs: jobsOf(target),
      throwaway: false,
      async close() {
        for (const name of names) await dropDatabase(server, server.database, name, run);
        await server.close();
      },
    };
  } catch (error) {
    await server.close();
    throw error;
  }
}
