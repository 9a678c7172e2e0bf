import type { Target } from '../config/config.ts';
import type { Server, Session } from '../contract/adapter.ts';
import type { RunContext } from '../contract/run-context.ts';
import { OrchestrateError } from '../errors.ts';
import { databaseFacts } from '../postgres/database-facts.ts';
import { freeUndoName, type KeptDatabase, keptDatabases } from '../postgres/kept-databases.ts';
import { lockDatabase, openMaintenance } from '../postgres/maintenance.ts';
import { identifier } from '../postgres/quote.ts';
import { swapDatabases } from '../postgres/swap.ts';
import { asRestoreFailure } from './restore-failure.ts';

export interface UndoPlan {
  readonly target: string;
  readonly server: string;
  readonly database: string;
  /** What the live database takes up now; null when it is gone or not to be known. */
  readonly bytes: number | null;
  readonly kept: KeptDatabase;
}

export interface UndoResult {
  readonly target: string;
  readonly database: string;
  readonly from: string;
  /** The live database from before, kept in its turn. */
  readonly undo: string;
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
    const kept = await freeUndoName(maintenance, database, startedAt);
    await swapDatabases(server, maintenance, { live: database, incoming: plan.kept.name, kept });
    const seconds = (run.now().getTime() - startedAt.getTime()) / 1000;
    return { target: target.name, database, from: plan.kept.name, undo: kept, seconds };
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
  return { target, server: server.describe, database, bytes: live?.bytes ?? null, kept };
}
