import { QueryFailure, type Server, type Session } from '../contract/adapter.ts';
import type { RunContext } from '../contract/run-context.ts';
import { loadDump } from '../pipeline/load-dump.ts';
import {
  createDatabaseStatement,
  createPlainDatabaseStatement,
  databasePropertyStatements,
} from '../postgres/create-database.ts';
import type { DatabaseFacts } from '../postgres/database-facts.ts';
import { literal } from '../postgres/quote.ts';
import { knowsRestrict } from '../postgres/version.ts';
import { loadFile } from './load-file.ts';
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
    : createPlainDatabaseStatement(name, file.facts.encoding);
  await maintenance.execute(create);
  await loadFile(file, name, server, run);
  if (owners) await applyAccess(plan, name, server, maintenance);
  const session = await server.session(name);
  await session.execute('ANALYZE');
  await session.close();
  if (like) await applyProperties(like, name, plan.database, maintenance, run);
}

/** Gives what was loaded its owners and grants; what names a role that is missing here is left out. */
async function applyAccess(
  { file: { facts }, missingRoles }: RestorePlan,
  database: string,
  server: Server,
  maintenance: Session,
): Promise<void> {
  const [me] = await maintenance.query<{ super: boolean }>(
    'SELECT rolsuper AS super FROM pg_roles WHERE rolname = current_user',
  );
  const statements = facts.access.filter(
    ({ text, roles }) =>
      !roles.some(role => missingRoles.includes(role)) &&
      // Grants by others than the owner: only a superuser can make them as those others.
      (me!.super || !/^(?:RE)?SET /.test(text.toString('latin1', 0, 8))),
  );
  if (statements.length === 0) return;
  const psql = await server.load({ database });
  await loadDump(psql, { restrict: knowsRestrict(server.clientVersion) }, async write => {
    await write(Buffer.from(accessSettings(facts.encoding)));
    for (const { text } of statements) await write(Buffer.concat([text, Buffer.from('\n')]));
  });
}

/** Grants do not fire the event triggers that came with the dump; only a superuser can have brought some. */
function accessSettings(encoding: string | undefined): string {
  const client = encoding === undefined ? '' : `SET client_encoding = ${literal(encoding)};\n`;
  return `${client}SELECT set_config('session_replication_role', 'replica', false)
    FROM pg_roles WHERE rolname = current_user AND rolsuper;\n`;
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
