import type { Server, Session } from '../contract/adapter.ts';
import type { RunContext } from '../contract/run-context.ts';
import { OrchestrateError } from '../errors.ts';
import { loadDump } from '../pipeline/load-dump.ts';
import { readText } from '../pipeline/read-text.ts';
import { createDatabaseStatement, databasePropertyStatements } from '../postgres/create-database.ts';
import { identifier } from '../postgres/quote.ts';
import { knowsRestrict } from '../postgres/version.ts';
import type { CheckedFile } from './check-file.ts';
import type { RestorePlan } from './plan-restore.ts';

/**
 * Makes a new database and fills it from a checked file, stopping at the first error; then holds what came in
 * against the file, and gives the database owners, grants and properties. Rejects with the failure of whichever
 * program said it; the database is then the caller's to drop.
 */
export async function fillDatabase(
  name: string,
  plan: RestorePlan,
  { owners }: { owners: boolean },
  server: Server,
  maintenance: Session,
  run: RunContext,
): Promise<void> {
  const { file, like } = plan;
  const create = like
    ? createDatabaseStatement(like, name, server.version)
    : `CREATE DATABASE ${identifier(name)} TEMPLATE template0`;
  await maintenance.execute(create);
  await loadFile(file, name, server, run);
  if (owners) await applyAccess(file, plan.missingRoles, name, server);
  const session = await server.session(name);
  await session.execute('ANALYZE');
  await session.close();
  for (const statement of like ? databasePropertyStatements(like, name) : []) await maintenance.execute(statement);
}
