import assert from 'node:assert/strict';
import { readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { execute } from '../../stage/client.ts';
import { createDatabase } from '../../stage/databases.ts';
import { projectFolder } from '../../stage/project-folder.ts';
import { hostServer } from '../../stage/servers.ts';
import { hostTarget, targetProject } from '../../stage/target-project.ts';

interface Made {
  backups: { path: string; proof: { level: string; tables: number; rows: number; server: string } | null }[];
}

/** Rows of one table are checked against another one, which a dump fills later: nothing notices until a restore. */
const unrestorable = `
  CREATE TABLE z (id int); INSERT INTO z VALUES (1);
  CREATE FUNCTION known(int) RETURNS bool LANGUAGE sql AS 'SELECT EXISTS (SELECT FROM public.z WHERE id = $1)';
  CREATE TABLE a (id int CHECK (known(id))); INSERT INTO a VALUES (1)`;

const filesIn = (folder: string) => readdirSync(join(folder, 'backups')).sort();

test('backup --verify proves what it has made, and list shows it', async () => {
  const server = await hostServer();
  const database = await createDatabase(server);
  await execute(server, database, 'CREATE TABLE a (n int); INSERT INTO a VALUES (1), (2)');
  const project = targetProject({ local: hostTarget(server, database) });
  const { backups } = await project.must<Made>(['backup', '--verify']);
  assert.partialDeepStrictEqual(backups[0]!.proof, { level: 'proven', tables: 1, rows: 2 });
  assert.match(backups[0]!.proof!.server, /^\d+\.\d+$/);
  assert.match((await project.run(['list'])).stdout, /proven \d+ seconds? ago/);
});

test('a backup that cannot be restored is found by the configured proof, and set aside', async () => {
  const server = await hostServer();
  const database = await createDatabase(server);
  await execute(server, database, unrestorable);
  const target = hostTarget(server, database);
  const project = targetProject({ local: target }, { verify: 'full', retention: { last: 1 } });
  const result = await project.run(['--json', 'backup']);
  assert.equal(result.exitCode, 7);
  const { error } = JSON.parse(result.stdout);
  assert.match(error.message, /did not prove: it cannot be restored: .*violates check constraint/s);
  assert.match(error.hint, /kept aside/);
  const [data, manifest] = filesIn(project.folder);
  assert.match(data!, /\.sql\.gz\.unproven$/);
  assert.equal(manifest, `${data}.json`);
  assert.deepEqual((await project.must<Made>(['list'])).backups, []);
});

test('a backup that cannot be restored is told by verify, and is no longer the latest one', async () => {
  const server = await hostServer();
  const database = await createDatabase(server);
  await execute(server, database, unrestorable);
  const project = targetProject({ local: hostTarget(server, database) });
  await project.must(['backup']);
  const result = await project.run(['--json', 'verify', 'latest']);
  assert.equal(result.exitCode, 7);
  const { ok, differences, error } = JSON.parse(result.stdout);
  assert.deepEqual([ok, differences.length, error.exitCode], [false, 1, 7]);
  assert.equal((await project.must<Made>(['list'])).backups[0]!.proof!.level, 'failed');
  assert.match((await project.run(['verify', 'latest'])).stderr, /passed over, it did not prove/);
});

test('where there is no scratch server the backup is made, and the exit code says that it is not proven', async () => {
  const server = await hostServer();
  const database = await createDatabase(server);
  const { binDirectory, ...target } = hostTarget(server, database);
  const project = targetProject({ local: { ...target, binDirectory: clientsOnly(binDirectory) } });
  const result = await project.run(['--json', 'backup', '--verify']);
  assert.equal(result.exitCode, 4);
  assert.match(JSON.parse(result.stdout).error.hint, /The backup was made, but nothing proves it/);
  assert.equal((await project.must<Made>(['list'])).backups[0]!.proof, null);
});

test('scratch: same-server proves in a database beside the live one, and leaves none behind', async () => {
  const server = await hostServer();
  const database = await createDatabase(server);
  await execute(server, database, 'CREATE TABLE a (n int); INSERT INTO a VALUES (1), (2)');
  const project = targetProject({ local: hostTarget(server, database) }, { scratch: 'same-server' });
  const { backups } = await project.must<Made>(['backup', '--verify']);
  assert.equal(backups[0]!.proof!.level, 'proven');
  const left = await execute(
    server,
    'postgres',
    "SELECT datname FROM pg_database WHERE datname LIKE 'scratch\\_%'",
  );
  assert.equal(left, '');
});

/** A folder as a machine has it where only the client package is installed. */
function clientsOnly(binDirectory: string): string {
  const folder = projectFolder({});
  for (const program of ['pg_dump', 'pg_restore', 'psql'])
    symlinkSync(join(binDirectory, program), join(folder, program));
  return folder;
}
