import type { Config, Target } from '../config/config.ts';
import type { Server, Session } from '../contract/adapter.ts';
import type { RunContext } from '../contract/run-context.ts';
import { OrchestrateError } from '../errors.ts';
import { lockDatabase, openMaintenance } from '../postgres/maintenance.ts';
import { serverWhenNeeded } from '../targets/server-when-needed.ts';
import { makeBackup } from './backup.ts';
import { checkFirstWhole } from './file/check-file.ts';
import { chooseBackup } from './file/choose-backup.ts';
import { jobsOf } from './jobs.ts';
import { dropUndos, sweepIncoming } from './replacement/clear-databases.ts';
import { refuseObstacles } from './replacement/obstacles/obstacle.ts';
import { planRestore, type RestorePlan } from './replacement/plan-restore.ts';
import { rememberInPlace, rememberSwap } from './replacement/remember-undo.ts';
import { replaceBySwap } from './replacement/replace-by-swap.ts';
import { replaceInPlace } from './replacement/replace-in-place.ts';
import type { RestoreMode } from './replacement/restore-aim.ts';
import { asRestoreFailure } from './replacement/restore-failure.ts';
import { databaseOfFiles } from './target-databases.ts';
import { type HookReport, withHooks } from './with-hooks.ts';

export interface RestoreRequest {
  /** A path, `latest`, or as much of an id as only one backup has. */
  readonly file: string;
  /** Whether a person named the target; without that, a backup of another target is refused. */
  readonly targetIsChosen: boolean;
  /** The database to restore into; without it the target's own. */
  readonly into?: string | undefined;
  /** Without it as the rights of the role allow: a swap if they do. */
  readonly mode?: RestoreMode | undefined;
  /** Whether the live database is backed up first; without it only before a restore in place. */
  readonly safetyBackup?: boolean | undefined;
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
  readonly mode: RestoreMode;
  /** The way back: the database that the replaced one is kept as, or the backup made before a restore in place. */
  readonly undo: string | null;
  readonly seconds: number;
}

/**
 * Puts a backup back: fills a new database beside the live one and swaps them when it is whole, or, where the role may
 * create none, replaces the contents of the live one in one transaction. A failure or an interruption at any moment
 * before that leaves the live database untouched. Rejects with `bad-file`, `usage`, `unreachable`, `refused`, `locked`,
 * `backup-failed`, `restore-failed` or `interrupted`. A dry run gives the plan only.
 */
export function restore(
  target: Target,
  request: RestoreRequest,
  config: Config,
  run: RunContext,
): Promise<RestoreResult | RestorePlan> {
  const work = () => restoreFile(target, request, config, run);
  return request.dryRun
    ? work()
    : withHooks(target, { after: 'afterRestore', tell: tellRestored }, run, work);
}

/** For the hook. */
export function tellRestored(result: { readonly from: string } | { readonly file: object }): HookReport {
  return { file: 'from' in result ? result.from : undefined, report: result };
}

async function restoreFile(
  chosen: Target,
  request: RestoreRequest,
  config: Config,
  run: RunContext,
): Promise<RestoreResult | RestorePlan> {
  const files = await chooseBackup(request.file, chosen.name, config, run);
  const target = databaseOfFiles(chosen, files, request.into);
  const reach = serverWhenNeeded(target, run);
  try {
    const file = await checkFirstWhole(files, run, reach.open);
    if (!request.targetIsChosen) refuseOtherTarget(file.manifest?.target, target.name);
    const server = await reach.open();
    const database = request.into ?? server.database;
    const maintenance = await openMaintenance(server, database, database);
    await lockDatabase(maintenance, database, 'exclusive', run);
    if (!request.dryRun) await sweepIncoming(maintenance, run);
    const { owners, mode, safetyBackup } = request;
    const aim = { target: target.name, database, owners, mode, safetyBackup };
    const plan = await planRestore(server, maintenance, file, aim);
    if (request.into !== undefined && plan.holdsSomething && !request.force) throw holdsSomething(database);
    if (request.dryRun) return plan;
    refuseObstacles(plan.obstacles);
    await request.confirm(plan);
    run.signal.throwIfAborted();
    const startedAt = run.now();
    const undo = await replace(plan, target, request, server, maintenance, run);
    const seconds = (run.now().getTime() - startedAt.getTime()) / 1000;
    return { target: target.name, database, from: file.path, mode: plan.mode, undo, seconds };
  } catch (error) {
    throw asRestoreFailure(error, run);
  } finally {
    await reach.close();
  }
}

/** Returns the way back. */
async function replace(
  plan: RestorePlan,
  target: Target,
  { owners, into }: RestoreRequest,
  server: Server,
  maintenance: Session,
  run: RunContext,
): Promise<string | null> {
  const { database } = plan;
  const safety = plan.safetyBackup
    ? await makeBackup(server, target, { origin: 'before-restore', database }, run)
    : undefined;
  if (safety) run.emit({ type: 'notice', message: `backed up the live database first: ${safety.path}` });
  // What another database than the target's own was is not what `undo` puts back.
  const isOwn = into === undefined || into === server.database;
  if (plan.mode === 'in-place') {
    const remember = async (transaction: string) => {
      if (isOwn && safety) await rememberInPlace(target, plan, safety.path, transaction, maintenance, run);
    };
    await replaceInPlace(plan, { owners }, server, remember, run);
    if (isOwn && safety) await dropUndos(maintenance, database, run);
    return safety?.path ?? null;
  }
  const kept = await replaceBySwap(plan, { owners, jobs: jobsOf(target) }, server, maintenance, run);
  if (isOwn) await rememberSwap(target, plan, kept, run);
  return kept;
}

export function refuseOtherTarget(madeFrom: string | undefined, chosen: string): void {
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
