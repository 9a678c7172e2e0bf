import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { execute, value } from '../stage/client.ts';
import { createDatabase } from '../stage/databases.ts';
import { projectFolder } from '../stage/project-folder.ts';
import { hostServer } from '../stage/servers.ts';
import { hostTarget, targetProject } from '../stage/target-project.ts';

/** psql as it was before August 2025 in what matters: it does not know \restrict. */
const oldPsql = (programs: string) => `#!/bin/sh
[ "$1" = --version ] && { echo 'psql (PostgreSQL) 15.13'; exit; }
sed -u 's/^.\\(un\\)\\{0,1\\}restrict .*/\\\\no_such_command/' | '${programs}/psql' "$@"
`;
const oldPgDump = (programs: string) => `#!/bin/sh
[ "$1" = --version ] && { echo 'pg_dump (PostgreSQL) 15.13'; exit; }
exec '${programs}/pg_dump' "$@"
`;

test('a psql that does not know \\restrict restores, and runs nothing that stands in a file', async () => {
  const server = await hostServer();
  const database = await createDatabase(server);
  await execute(server, database, `CREATE TABLE t AS SELECT 1 AS n`);
  const folder = projectFolder();
  for (const [name, script] of Object.entries({ psql: oldPsql, pg_dump: oldPgDump }))
    writeFileSync(join(folder, name), script(server.binDirectory), { mode: 0o755 });
  const project = targetProject({ local: { ...hostTarget(server, database), binDirectory: folder } });
  await project.must(['backup']);
  await execute(server, database, 'UPDATE t SET n = 2');
  await project.must(['restore', 'latest', '--force']);
  assert.equal(await value(server, database, 'SELECT n FROM t'), 1);

  const sql = gunzipSync(readFileSync(project.newest())).toString();
  const hostile = sql.replace('CREATE TABLE', '\\! touch hacked\n$&');
  writeFileSync(join(project.folder, 'hostile.sql.gz'), gzipSync(hostile));
  const refused = await project.run(['restore', './hostile.sql.gz', '--force']);
  assert.equal(refused.exitCode, 7, refused.stderr);
  assert.equal(existsSync(join(project.folder, 'hacked')), false);
});
