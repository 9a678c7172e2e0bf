import type { Target } from '../config/config.ts';
import type { Server, Session } from '../contract/adapter.ts';
import type { RunContext } from '../contract/run-context.ts';
import { OrchestrateError } from '../errors.ts';
import { databaseFacts } from '../postgres/database-facts.ts';
import { freeUndoName, type KeptDatabase, keptDatabases } from '../postgres/kept-databases.ts';
import { lockDatabase, openMaintenance } from '../postgres/maintenance.ts';
import { identifier } from '../postgres/quote.ts';
import { renameDatabase, swapDatabases } from '../postgres/swap.ts';
import { asRestoreFailure } from './restore-failure.ts';
import { refuseSwapObstacles } from './swap-obstacles.ts';

export interface UndoPlan {
  readonly target: string;
  readonly server: string;
  readonly database: string;
  /** The database that would be replaced; undefined when there is none any more. */
  readonly live: { readonly bytes: number | null } | undefined;
  readonly kept: KeptDatabase & { readonly bytes: number | null };
}

export interface UndoResult {
  readonly target: string;
  readonly database: string;
  readonly from: string;
  /** The live database from before, kept in its turn; null when there was none. */
  readonly undo: string | null;
  readonly seconds: number;
}

/**
 * Puts the database back that the last restore replaced, and keeps the present one in its place, so that an undo
 * can be undone. Rejects with `usage` when there is nothing to undo, and as `restore` does.
 */
export async function undo(
  target: Target,
  confirm: (plan: UndoPlan) => Promise<void>,
  run: RunContext,
): Promise<UndoResult> {
  const server = await target.adapter.open(target.options, run);
  try {
    const { database } = server;
    const maintenance = await openMaintenance(server, database);
    await lockDatabase(maintenance, database, 'exclusive', run);
    const plan = await planUndo(target.name, server, maintenance);
    await confirm(plan);
    run.signal.throwIfAborted();
    const startedAt = run.now();
    const undo = plan.live ? await freeUndoName(maintenance, database, startedAt) : null;
    const { name: incoming } = plan.kept;
    if (undo === null) await renameDatabase(maintenance, incoming, database);
    else await swapDatabases(server, maintenance, { live: database, incoming, kept: undo });
    const seconds = (run.now().getTime() - startedAt.getTime()) / 1000;
    return { target: target.name, database, from: incoming, undo, seconds };
  } catch (error) {
    throw asRestoreFailure(error, run);
  } finally {
    await server.close();
  }
}

/** Drops what is kept of the target's database, and returns the names. */
export async function dropKept(
  target: Target,
  { dryRun }: { dryRun: boolean },
  run: RunContext,
): Promise<string[]> {
  const server = await target.adapter.open(target.options, run);
  try {
    const maintenance = await openMaintenance(server, server.database);
    await lockDatabase(maintenance, server.database, 'exclusive', run);
    const names = (await keptDatabases(maintenance, server.database)).map(({ name }) => name);
    if (!dryRun)
      for (const name of names) await maintenance.execute(`DROP DATABASE ${identifier(name)} WITH (FORCE)`);
    return names;
  } finally {
    await server.close();
  }
}

async function planUndo(target: string, server: Server, maintenance: Session): Promise<UndoPlan> {
  const { database } = server;
  const [kept] = await keptDatabases(maintenance, database);
  if (!kept) {
    throw new OrchestrateError(
      'usage',
      `there is nothing to undo: no replaced database of ${database} is kept`,
      {
        hint: 'A backup can still be restored; to see which there are, run: db-orchestrate list',
      },
    );
  }
  const live = await databaseFacts(maintenance, database);
  await refuseSwapObstacles(maintenance, live, { creates: false });
  const bytes = (await databaseFacts(maintenance, kept.name))?.bytes ?? null;
  return { target, server: server.describe, database, live, kept: { ...kept, bytes } };
}
