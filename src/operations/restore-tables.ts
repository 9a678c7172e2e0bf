import type { Config, Target } from '../config/config.ts';
import type { RunContext } from '../contract/run-context.ts';
import { OrchestrateError } from '../errors.ts';
import { databaseFacts } from '../postgres/database-facts.ts';
import { writtenName } from '../postgres/dump-text/table-names.ts';
import { lockDatabase, openMaintenance } from '../postgres/maintenance.ts';
import { withSession } from '../postgres/with-session.ts';
import { serverWhenNeeded } from '../targets/server-when-needed.ts';
import { makeBackup } from './backup.ts';
import { checkFirstWhole } from './file/check-file.ts';
import { chooseBackup } from './file/choose-backup.ts';
import { findTables } from './file/find-tables.ts';
import { readTableParts } from './file/table-text.ts';
import { asRestoreFailure } from './replacement/restore-failure.ts';
import { refuseOtherTarget, tellRestored } from './restore.ts';
import { compareTables, loadTables } from './tables/load-tables.ts';
import { type ChosenTables, planBeside, type TablesMode, type TablesPlan } from './tables/plan-tables.ts';
import { planInPlace } from './tables/plan-tables-in-place.ts';
import { databaseOfFiles } from './target-databases.ts';
import { withHooks } from './with-hooks.ts';

export interface TablesRequest {
  /** A path, `latest`, or as much of an id as only one backup has. */
  readonly file: string;
  /** At least one, as a person types them. */
  readonly tables: readonly string[];
  readonly mode: TablesMode;
  /** In place: whether the live database is backed up first. */
  readonly safetyBackup: boolean;
  /** Where they go beside the live ones; without it one that is named after the backup. */
  readonly schema?: string | undefined;
  readonly targetIsChosen: boolean;
  /** The database to restore into, which must exist; without it the target's own. */
  readonly into?: string | undefined;
  readonly dryRun: boolean;
  /** Asked once all is checked and nothing has been touched; rejects to stop. */
  readonly confirm: (plan: TablesPlan) => Promise<void>;
}

export interface TablesResult {
  readonly target: string;
  readonly database: string;
  readonly from: string;
  readonly mode: TablesMode;
  /** The backup that was made before. */
  readonly undo: string | null;
  readonly seconds: number;
  readonly tables: readonly string[];
  readonly schema: string | null;
}

/**
 * Brings single tables of a backup back, in one transaction: beside the live ones, where nothing is replaced, or in
 * their place. Rejects as `restore` does. A dry run gives the plan only.
 */
export function restoreTables(
  target: Target,
  request: TablesRequest,
  config: Config,
  run: RunContext,
): Promise<TablesResult | TablesPlan> {
  const work = () => loadFromFile(target, request, config, run);
  // Beside the live tables nothing was put back yet.
  const after = request.mode === 'in-place' ? ('afterRestore' as const) : undefined;
  return request.dryRun ? work() : withHooks(target, { after, tell: tellRestored }, run, work);
}

async function loadFromFile(
  from: Target,
  request: TablesRequest,
  config: Config,
  run: RunContext,
): Promise<TablesResult | TablesPlan> {
  const files = await chooseBackup(request.file, from.name, config, run);
  const target = databaseOfFiles(from, files, request.into);
  const reach = serverWhenNeeded(target, run);
  try {
    const file = await checkFirstWhole(files, run, reach.open);
    if (!request.targetIsChosen) refuseOtherTarget(file.manifest?.target, target.name);
    const found = await readTableParts(file, run);
    const tables = findTables(request.tables, found.tables);
    const server = await reach.open();
    const database = request.into ?? server.database;
    const maintenance = await openMaintenance(server, database, database);
    await lockDatabase(maintenance, database, request.mode === 'beside' ? 'shared' : 'exclusive', run);
    if (!(await databaseFacts(maintenance, database))) throw noDatabase(database);
    const chosen: ChosenTables = {
      target: target.name,
      server: server.describe,
      serverMajor: server.version.major,
      database,
      file,
      id: files.find(({ path }) => path === file.path)?.backup?.id,
      tables,
      found,
    };
    const plan = await withSession(server, database, session =>
      request.mode === 'beside'
        ? planBeside(session, chosen, request.schema, run)
        : planInPlace(session, chosen, request.safetyBackup),
    );
    if (plan.mode === 'in-place') await compareTables(plan, server, run);
    if (request.dryRun) return plan;
    await request.confirm(plan);
    run.signal.throwIfAborted();
    const startedAt = run.now();
    const safety = plan.safetyBackup
      ? await makeBackup(server, target, { origin: 'before-restore', database }, run)
      : undefined;
    if (safety) run.emit({ type: 'notice', message: `backed up the live database first: ${safety.path}` });
    await loadTables(plan, server, run);
    const seconds = (run.now().getTime() - startedAt.getTime()) / 1000;
    return {
      target: target.name,
      database,
      from: file.path,
      mode: plan.mode,
      undo: safety?.path ?? null,
      seconds,
      tables: tables.map(writtenName),
      schema: plan.schema,
    };
  } catch (error) {
    throw asRestoreFailure(error, run);
  } finally {
    await reach.close();
  }
}

function noDatabase(database: string): OrchestrateError {
  return new OrchestrateError('usage', `there is no database ${JSON.stringify(database)}`, {
    hint: 'Tables go into a database that exists; make it, or restore the whole backup without --table.',
  });
}
