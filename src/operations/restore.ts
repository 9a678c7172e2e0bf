import type { Config, Target } from '../config/config.ts';
import type { Server, Session } from '../contract/adapter.ts';
import type { RunContext } from '../contract/run-context.ts';
import { OrchestrateError } from '../errors.ts';
import { incomingName } from '../postgres/database-names.ts';
import { freeUndoName } from '../postgres/kept-databases.ts';
import { lockDatabase, openMaintenance } from '../postgres/maintenance.ts';
import { renameDatabase, swapDatabases } from '../postgres/swap.ts';
import { checkFirstWhole } from './check-file.ts';
import { chooseBackup } from './choose-backup.ts';
import { dropDatabase, dropOlderUndos, sweepIncoming } from './clear-databases.ts';
import { fillDatabase } from './fill-database.ts';
import { planRestore, type RestorePlan } from './plan-restore.ts';
import { asRestoreFailure } from './restore-failure.ts';
import { serverWhenNeeded } from './server-when-needed.ts';

export interface RestoreRequest {
  /** A path, `latest`, or as much of an id as only one backup has. */
  readonly file: string;
  /** Whether a person named the target; without that, a backup of another target is refused. */
  readonly targetIsChosen: boolean;
  /** The database to restore into; without it the target's own. */
  readonly into?: string | undefined;
  readonly owners: boolean;
  /** Replace a database that was named by `into` although it holds something. */
  readonly force: boolean;
  readonly dryRun: boolean;
  /** Asked once all is checked and nothing has been touched; rejects to stop. */
  readonly confirm: (plan: RestorePlan) => Promise<void>;
}

export interface RestoreResult {
  readonly target: string;
  readonly database: string;
  readonly from: string;
  readonly mode: 'swap';
  /** The database that the replaced one is kept as; null when nothing was replaced. */
  readonly undo: string | null;
  readonly seconds: number;
}

/**
 * Puts a backup back: fills a new database beside the live one, and swaps them when it is whole. A failure or an
 * interruption at any moment before the swap leaves the live database untouched. Rejects with `bad-file`,
 * `usage`, `unreachable`, `refused`, `locked`, `restore-failed` or `interrupted`. A dry run gives the plan only.
 */
export async function restore(
  target: Target,
  request: RestoreRequest,
  config: Config,
  run: RunContext,
): Promise<RestoreResult | RestorePlan> {
  const files = await chooseBackup(request.file, target.name, config, run);
  const reach = serverWhenNeeded(target, run);
  try {
    const file = await checkFirstWhole(files, run, reach.open);
    if (!request.targetIsChosen) refuseOtherTarget(file.manifest?.target, target.name);
    const server = await reach.open();
    const database = request.into ?? server.database;
    const maintenance = await openMaintenance(server, database);
    await lockDatabase(maintenance, database, 'exclusive', run);
    if (!request.dryRun) await sweepIncoming(maintenance, run);
    const plan = await planRestore(server, maintenance, file, {
      target: target.name,
      database,
      owners: request.owners,
    });
    if (request.into !== undefined && plan.holdsSomething && !request.force) throw holdsSomething(database);
    if (request.dryRun) return plan;
    await request.confirm(plan);
    run.signal.throwIfAborted();
    const startedAt = run.now();
    const undo = await fillAndSwap(plan, request, server, maintenance, run);
    const seconds = (run.now().getTime() - startedAt.getTime()) / 1000;
    return { target: target.name, database, from: file.path, mode: 'swap', undo, seconds };
  } catch (error) {
    throw asRestoreFailure(error, run);
  } finally {
    await reach.close();
  }
}

async function fillAndSwap(
  plan: RestorePlan,
  { owners }: { owners: boolean },
  server: Server,
  maintenance: Session,
  run: RunContext,
): Promise<string | null> {
  const incoming = incomingName(plan.database, run.id);
  try {
    await fillDatabase(incoming, plan, { owners }, server, maintenance, run);
    run.signal.throwIfAborted();
    if (!plan.live) {
      await renameDatabase(maintenance, incoming, plan.database);
      return null;
    }
    const kept = await freeUndoName(maintenance, plan.database, run.now());
    await swapDatabases(server, maintenance, { live: plan.database, incoming, kept });
    await dropOlderUndos(maintenance, plan.database, kept, run);
    return kept;
  } catch (error) {
    // Not through `maintenance`: an interruption has ended its session.
    await dropDatabase(server, plan.database, incoming, run);
    throw error;
  }
}

function refuseOtherTarget(madeFrom: string | undefined, chosen: string): void {
  if (madeFrom === undefined || madeFrom === chosen) return;
  throw new OrchestrateError(
    'usage',
    `the backup is of target ${madeFrom}, and this would restore it to ${chosen}`,
    {
      hint: `If that is what you want, type the target: --target ${chosen}`,
    },
  );
}

function holdsSomething(database: string): OrchestrateError {
  return new OrchestrateError('refused', `database ${JSON.stringify(database)} exists and holds something`, {
    hint: 'Choose another name for --into, or add --force to replace it; it is kept for undo.',
  });
}
