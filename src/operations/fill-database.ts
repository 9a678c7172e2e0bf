import type { Server, Session } from '../contract/adapter.ts';
import type { RunContext } from '../contract/run-context.ts';
import { OrchestrateError } from '../errors.ts';
import { loadDump } from '../pipeline/load-dump.ts';
import { readText } from '../pipeline/read-text.ts';
import { createDatabaseStatement, databasePropertyStatements } from '../postgres/create-database.ts';
import { createLineEnds } from '../postgres/dump-text/line-ends.ts';
import { stripRanges } from '../postgres/dump-text/strip-ranges.ts';
import { identifier, literal } from '../postgres/quote.ts';
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
  for (const statement of like ? databasePropertyStatements(like, name) : [])
    await maintenance.execute(statement);
}

async function loadFile(file: CheckedFile, database: string, server: Server, run: RunContext): Promise<void> {
  const { path, gzip, facts, stored } = file;
  const psql = await server.load({ database });
  const { copied } = await loadDump(psql, { restrict: knowsRestrict(server.clientVersion) }, async write => {
    const read = await readText(path, { gzip, signal: run.signal }, async text => {
      for await (const chunk of stripRanges(lfLines(withProgress(text, facts.bytes, run)), facts.drop))
        await write(chunk);
    });
    if (read.sha256 !== stored.sha256) throw changed(path);
  });
  const expected = facts.tables.filter(({ inserts }) => !inserts);
  const wrong = expected.findIndex(({ rows }, index) => rows !== copied[index]);
  if (wrong < 0 && copied.length === expected.length) return;
  const table = expected[wrong];
  const found = `${copied[wrong] ?? 'no'} rows came in, and the file has ${table?.rows ?? 'none'}`;
  throw new OrchestrateError(
    'restore-failed',
    `what came in is not what the file holds: table ${table?.name}: ${found}`,
  );
}

/** Gives what was loaded its owners and grants; what names a role that is missing here is left out. */
async function applyAccess(
  file: CheckedFile,
  missing: readonly string[],
  database: string,
  server: Server,
): Promise<void> {
  const statements = file.facts.access.filter(({ roles }) => !roles.some(role => missing.includes(role)));
  if (statements.length === 0) return;
  const psql = await server.load({ database });
  await loadDump(psql, { restrict: knowsRestrict(server.clientVersion) }, async write => {
    await write(Buffer.from(accessSettings(file.facts.encoding)));
    for (const { text } of statements) await write(Buffer.concat([text, Buffer.from('\n')]));
  });
}

/** Grants do not fire the event triggers that came with the dump; only a superuser can have brought some. */
function accessSettings(encoding: string | undefined): string {
  const client = encoding === undefined ? '' : `SET client_encoding = ${literal(encoding)};\n`;
  return `${client}SELECT set_config('session_replication_role', 'replica', false)
    FROM pg_roles WHERE rolname = current_user AND rolsuper;\n`;
}

async function* withProgress(
  text: AsyncIterable<Buffer>,
  total: number,
  run: RunContext,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of text) {
    bytes += chunk.length;
    run.emit({ type: 'progress', stage: 'restore', bytes, total });
    yield chunk;
  }
}

async function* lfLines(text: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const lineEnds = createLineEnds();
  for await (const chunk of text) yield lineEnds.push(chunk);
  yield lineEnds.end();
}

function changed(path: string): OrchestrateError {
  return new OrchestrateError('bad-file', `${path} changed while it was being restored`, {
    hint: 'Run the command again when nothing writes to the file any more.',
  });
}
