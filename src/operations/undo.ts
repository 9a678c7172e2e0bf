import type { Config, Target } from '../config/config.ts';
import type { Server, Session } from '../contract/adapter.ts';
import type { RunContext } from '../contract/run-context.ts';
import { OrchestrateError } from '../errors.ts';
import { databaseFacts } from '../postgres/database-facts.ts';
import { freeUndoName } from '../postgres/kept-databases.ts';
import { lockDatabase, openMaintenance } from '../postgres/maintenance.ts';
import { mayReplace } from '../postgres/may-replace.ts';
import { renameDatabase, swapDatabases } from '../postgres/swap.ts';
import { readUndoRecord } from '../store/undo-record.ts';
import { oneDatabase } from '../targets/one-database.ts';
import { openTarget } from '../targets/open-target.ts';
import { startTimescaleJobs } from './load/with-timescaledb.ts';
import { findUndo, type Undo } from './replacement/find-undo.ts';
import { refuseObstacles } from './replacement/obstacles/obstacle.ts';
import { swapObstacles } from './replacement/obstacles/swap.ts';
import type { RestorePlan } from './replacement/plan-restore.ts';
import { rememberSwap } from './replacement/remember-undo.ts';
import type { RestoreMode } from './replacement/restore-aim.ts';
import { asRestoreFailure } from './replacement/restore-failure.ts';
import { type RestoreResult, restore } from './restore.ts';
import { withHooks } from './with-hooks.ts';

/** The swap that an undo would do. */
export interface UndoPlan {
  readonly target: string;
  readonly server: string;
  readonly database: string;
  /** The database that would be replaced; undefined when there is none any more. */
  readonly live: { readonly bytes: number | null } | undefined;
  readonly kept: Undo & { readonly kept: string };
}

export interface UndoResult {
  readonly target: string;
  readonly database: string;
  readonly from: string;
  readonly mode: RestoreMode;
  /** What was live before, kept in its turn; null when there was none. */
  readonly undo: string | null;
  readonly seconds: number;
}

/** Asked once all is checked and nothing has been touched; rejects to stop. */
export type ConfirmUndo = (plan: UndoPlan | RestorePlan) => Promise<void>;

/**
 * Puts back what the last restore replaced, and keeps what is there now in its place, so that an undo can be undone:
 * swaps the kept database in, or restores the backup that was made before a restore in place. Rejects with `usage`
 * when there is nothing to undo, and as `restore` does.
 */
export async function undo(
  chosen: Target,
  confirm: ConfirmUndo,
  config: Config,
  run: RunContext,
): Promise<UndoResult> {
  const target = await lastRestored(chosen);
  const tell = (found: UndoResult | string) => (typeof found === 'string' ? undefined : { report: found }); // or the restore tells
  const found = await withHooks(target, { after: 'afterRestore', tell }, run, () =>
    swapOrFind(target, confirm, run),
  );
  if (typeof found !== 'string') return found;
  const request = { file: found, targetIsChosen: true, owners: true, force: true, dryRun: false };
  return (await restore(target, { ...request, mode: 'in-place', confirm }, config, run)) as RestoreResult; // no dry run
}

/** Of several databases the one that the last restore replaced. */
export async function lastRestored(target: Target): Promise<Target> {
  if (target.databases === undefined) return target;
  const record = await readUndoRecord(target.directory, target.name);
  if (!record) throw nothingToUndo(`a database of target ${target.name}`);
  return oneDatabase(target, record.database);
}

/** Swaps the kept database in; or the path of the backup that was made before a restore in place. */
async function swapOrFind(
  target: Target,
  confirm: ConfirmUndo,
  run: RunContext,
): Promise<UndoResult | string> {
  const server = await openTarget(target, run);
  try {
    const { database } = server;
    const maintenance = await openMaintenance(server, database, database);
    await lockDatabase(maintenance, database, 'exclusive', run);
    const found = await findUndo(target, server, maintenance);
    if (!found) throw nothingToUndo(database);
    if (found.kept === undefined) return found.backup!;
    return await swapBack(target, { ...found, kept: found.kept }, confirm, server, maintenance, run);
  } catch (error) {
    throw asRestoreFailure(error, run);
  } finally {
    await server.close();
  }
}

async function swapBack(
  target: Target,
  kept: UndoPlan['kept'],
  confirm: ConfirmUndo,
  server: Server,
  maintenance: Session,
  run: RunContext,
): Promise<UndoResult> {
  const { database } = server;
  const live = await databaseFacts(maintenance, database);
  const may = await mayReplace(maintenance, database);
  refuseObstacles(await swapObstacles(maintenance, live, may, { creates: false }));
  await confirm({ target: target.name, server: server.describe, database, live, kept });
  run.signal.throwIfAborted();
  const startedAt = run.now();
  const undo = live ? await freeUndoName(maintenance, database, startedAt) : null;
  if (undo === null) await renameDatabase(maintenance, kept.kept, database);
  else await swapDatabases(server, maintenance, { live: database, incoming: kept.kept, kept: undo });
  await startTimescaleJobs(database, server, run);
  await rememberSwap(target, { database, live }, undo, run);
  const seconds = (run.now().getTime() - startedAt.getTime()) / 1000;
  return { target: target.name, database, from: kept.kept, mode: 'swap', undo, seconds };
}

function nothingToUndo(database: string): OrchestrateError {
  return new OrchestrateError(
    'usage',
    `there is nothing to undo: no replaced database of ${database} is kept`,
    {
      hint: 'A backup can still be restored; to see which there are, run: db-orchestrate list',
    },
  );
}
