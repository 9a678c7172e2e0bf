import type { Target } from '../config/config.ts';
import type { RunContext } from '../contract/run-context.ts';
import { OrchestrateError } from '../errors.ts';
import { allDatabases } from '../postgres/all-databases.ts';
import { openMaintenance } from '../postgres/maintenance.ts';
import { oneDatabase } from '../targets/one-database.ts';
import { openTarget } from '../targets/open-target.ts';
import type { ChosenFile } from './file/choose-backup.ts';

/** A target for each of its databases, itself when it has one; a server is asked only for all that it has. */
export async function targetDatabases(target: Target, run: RunContext): Promise<Target[]> {
  const { databases } = target;
  if (databases === undefined) return [target];
  const names = databases === 'all' ? await askDatabases(target, run) : databases;
  return [...new Set(names)].map(name => oneDatabase(target, name));
}

async function askDatabases(target: Target, run: RunContext): Promise<string[]> {
  const server = await openTarget(target, run);
  try {
    return await allDatabases(await openMaintenance(server, server.database, server.database));
  } finally {
    await server.close();
  }
}

/**
 * The database that files are a backup of, as a target of its own; the target itself when it has only one. `into` stands
 * in where no manifest tells. Throws `usage` when nothing does.
 */
export function databaseOfFiles(target: Target, files: readonly ChosenFile[], into?: string): Target {
  if (target.databases === undefined) return target;
  const name = files.map(({ backup }) => backup?.manifest?.database.name)[0] ?? into;
  if (name !== undefined) return oneDatabase(target, name);
  throw new OrchestrateError(
    'usage',
    `target ${target.name} has several databases, and nothing says which one this is a backup of: ${files[0]?.path}`,
    { hint: 'Name the database to restore into with: --into DATABASE' },
  );
}
