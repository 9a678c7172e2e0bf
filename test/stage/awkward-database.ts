import { globSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterFile } from './after-file.ts';
import { execute, literal, pgProgram, rows } from './client.ts';
import { createDatabase, dropRole, uniqueName } from './databases.ts';
import type { PgServer } from './part.ts';

export interface AwkwardDatabase {
  readonly name: string;
  /** Roles `<prefix>_owner`, `_second`, `_grantor`, `_reader` and one with an odd name. */
  readonly prefix: string;
  /** The database's owner; its password is 'owner secret'. */
  readonly owner: string;
  readonly reader: string;
}

/** A database that has everything in it which is awkward to dump or to restore. Dropped with its roles after the file. */
export async function createAwkwardDatabase(server: PgServer): Promise<AwkwardDatabase> {
  const prefix = uniqueName('awk');
  afterFile(async () => {
    const like = `SELECT rolname FROM pg_roles WHERE starts_with(rolname, ${literal(prefix)})`;
    for (const { rolname } of await rows<{ rolname: string }>(server, 'postgres', like))
      await dropRole(server, rolname);
  });
  const name = await createDatabase(server, { suffix: ` it's "odd" = $(x) é` });
  const files = globSync(join(resolve(import.meta.dirname, '../fixtures/awkward'), '*.sql')).sort();
  const argv = ['psql', '-X', '-q', '-o', '/dev/null', '-v', 'ON_ERROR_STOP=1', '-v', `prefix=${prefix}`];
  const loaded = await pgProgram(server, name, [...argv, ...files.flatMap(file => ['-f', file])]);
  if (loaded.exitCode !== 0) throw new Error(`the awkward database does not load: ${loaded.stderr}`);
  // Statistics that no automatic run changes later.
  await execute(server, name, 'ANALYZE');
  return { name, prefix, owner: `${prefix}_owner`, reader: `${prefix}_reader` };
}
