import type { Target } from '../../config/config.ts';
import type { RunContext } from '../../contract/run-context.ts';
import { keptDatabases } from '../../postgres/kept-databases.ts';
import { lockDatabase, openMaintenance } from '../../postgres/maintenance.ts';
import { identifier } from '../../postgres/quote.ts';
import { removeUndoRecord } from '../../store/undo-record.ts';
import { openTarget } from '../../targets/open-target.ts';

/** Drops what is kept of the target's database for undo, and returns the names of the databases. */
export async function dropUndo(
  target: Target,
  { dryRun }: { dryRun: boolean },
  run: RunContext,
): Promise<string[]> {
  const server = await openTarget(target, run);
  try {
    const maintenance = await openMaintenance(server, server.database, server.database);
    await lockDatabase(maintenance, server.database, 'exclusive', run);
    const names = (await keptDatabases(maintenance, server.database)).map(({ name }) => name);
    if (dryRun) return names;
    for (const name of names) await maintenance.execute(`DROP DATABASE ${identifier(name)} WITH (FORCE)`);
    await removeUndoRecord(target.directory, target.name);
    return names;
  } finally {
    await server.close();
  }
}
