import { QueryFailure, type Server, type Session } from '../../contract/adapter.ts';
import type { RunContext } from '../../contract/run-context.ts';
import {
  createDatabaseStatement,
  createPlainDatabaseStatement,
  databasePropertyStatements,
} from '../../postgres/create-database.ts';
import type { DatabaseFacts } from '../../postgres/database-facts.ts';
import { freeConnections } from '../../postgres/free-connections.ts';
import { analyzeTables } from '../load/analyze-tables.ts';
import { loadDatabase } from '../load/load-database.ts';
import { withTimescale } from '../load/with-timescaledb.ts';
import { applyAccess } from './apply-access.ts';
import type { RestorePlan } from './plan-restore.ts';

/**
 * Makes a new database and fills it from a checked file, stopping at the first error; then holds what came in
 * against the file, and gives the database owners, grants and properties. Rejects with the failure of whichever
 * program said it; the database is then the caller's to drop.
 */
export async function fillDatabase(
  name: string,
  plan: RestorePlan,
  { owners, analyze = true, jobs }: { owners: boolean; analyze?: boolean; jobs: number },
  server: Server,
  maintenance: Session,
  run: RunContext,
): Promise<void> {
  const { file, like } = plan;
  const create = like
    ? createDatabaseStatement(like, name, server.version)
    : createPlainDatabaseStatement(name, file.facts.encoding);
  await maintenance.execute(create);
  const sessions = server.alone ? 1 : Math.max(1, Math.min(jobs, await freeConnections(maintenance)));
  await withTimescale(file, name, server, async () => {
    await loadDatabase(file, name, server, run, { leaveOut: plan.instead, jobs: sessions });
    if (owners) await applyAccess(plan, name, server);
  });
  if (analyze) await analyzeTables(server, name, sessions);
  if (like) await applyProperties(like, name, plan.database, maintenance, run);
}

/** A setting that only a superuser may give does not stop a restore: what is left to do is said. */
async function applyProperties(
  like: DatabaseFacts,
  name: string,
  finalName: string,
  maintenance: Session,
  run: RunContext,
): Promise<void> {
  const later = databasePropertyStatements(like, finalName);
  for (const [index, statement] of databasePropertyStatements(like, name).entries()) {
    try {
      await maintenance.execute(statement);
    } catch (error) {
      const isSetting = / SET \S+ TO /.test(statement);
      if (!(error instanceof QueryFailure && error.sqlState === insufficientPrivilege && isSetting))
        throw error;
      const message = `a setting could not be given (${error.message}); as a superuser run: ${later[index]};`;
      run.emit({ type: 'warning', message });
    }
  }
}

const insufficientPrivilege = '42501';
