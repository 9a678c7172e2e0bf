import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { before, test } from 'node:test';
import { incomingName, undoName } from '../../src/postgres/database-names.ts';
import { execute, identifier, value } from '../stage/client.ts';
import { createDatabase, createRole } from '../stage/databases.ts';
import type { PgServer } from '../stage/part.ts';
import { hostServer, privateServer } from '../stage/servers.ts';
import { hostTarget, type TargetProject, targetProject } from '../stage/target-project.ts';

interface Made {
  readonly backups: readonly { database: string; path: string; id: string }[];
}

let server: PgServer;
let project: TargetProject;
let made: Made['backups'];

before(async () => {
  server = await privateServer();
  const own = [incomingName('shop', '0badcafe'), undoName('app', new Date())];
  for (const name of ['a b', 'a-b', 'app', 'closed', ...own])
    await execute(server, 'postgres', `CREATE DATABASE ${identifier(name)}`);
  await execute(server, 'postgres', 'ALTER DATABASE closed ALLOW_CONNECTIONS false');
  for (const name of ['a b', 'a-b']) await execute(server, name, `CREATE TABLE t AS SELECT '${name}' AS x`);
  const main = { ...hostTarget(server, 'app'), databases: 'all', globals: true };
  project = targetProject({ main }, { retention: { last: 1 } });
});

function files(): string[] {
  return readdirSync(join(project.folder, 'backups')).filter(name => !name.startsWith('.'));
}

test('each database is backed up, but for templates, closed ones and what the tool made', async () => {
  made = (await project.must<Made>(['backup'])).backups;
  assert.deepEqual(
    made.map(({ database, path }) => [database, basename(path).replace(/_backup_.*/, '')]),
    [
      ['a b', 'test-a-b'],
      ['a-b', 'test-a-b'],
      ['app', 'test-app'],
      ['postgres', 'test-postgres'],
    ],
  );
  assert.notEqual(made[0]!.path, made[1]!.path);
  assert.match((await project.run(['list'])).stdout, /DATABASE[\s\S]*main +a b /);
});

test('roles are kept beside each, without passwords, and show says so', async () => {
  const path = `${made[2]!.path}.globals.sql`;
  const globals = readFileSync(path, 'utf8');
  assert.match(globals, /^CREATE ROLE postgres;$/m);
  assert.doesNotMatch(globals, /PASSWORD '/);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const { stdout } = await project.run(['show', made[2]!.path]);
  assert.match(stdout, /^beside it .*\.globals\.sql: roles \(without password hashes\) and tablespaces$/m);
  assert.match(stdout, /new database:\n {2}psql -X -d postgres -f '?\/.*\.globals\.sql'?$/m);
});

test('latest is nobody knows which; a path goes to the database that its manifest names, and undo back', async () => {
  const { exitCode, stderr } = await project.run(['restore', 'latest', '--force']);
  assert.equal(exitCode, 2);
  assert.match(stderr, /several databases: a b, a-b, app, postgres\nhint: .*test-a-b_backup_/);
  for (const name of ['a b', 'a-b']) await execute(server, name, "UPDATE t SET x = 'other'");
  const restored = await project.must<{ database: string }>(['restore', made[0]!.path, '--force']);
  assert.equal(restored.database, 'a b');
  assert.equal(await value(server, 'a b', 'SELECT x FROM t'), 'a b');
  assert.equal(await value(server, 'a-b', 'SELECT x FROM t'), 'other');
  assert.equal((await project.must<{ same: boolean }>(['diff', made[0]!.path, 'live'])).same, true);
  assert.match((await project.run(['targets'])).stdout, /since/);
  assert.equal((await project.must<{ database: string }>(['undo', '--force'])).database, 'a b');
  assert.equal(await value(server, 'a b', 'SELECT x FROM t'), 'other');
});

test('a file without a manifest needs to be told where it goes; guard needs one database', async () => {
  const old = join(project.folder, 'old_backup_20250101_000000.sql.gz');
  writeFileSync(old, readFileSync(made[1]!.path));
  const { exitCode, stderr } = await project.run(['restore', old, '--force']);
  assert.equal(exitCode, 2);
  assert.match(stderr, /nothing says which one .*\nhint: .*--into DATABASE/);
  assert.equal(
    (await project.must<{ database: string }>(['restore', old, '--into', 'fresh', '--force'])).database,
    'fresh',
  );
  const guarded = await project.run(['guard', '--', 'true']);
  assert.equal(guarded.exitCode, 2);
  assert.match(guarded.stderr, /puts one database back, and target main has several/);
});

test('retention counts each database for itself, and takes what stands beside a backup with it', async () => {
  await execute(server, 'postgres', 'DROP DATABASE fresh');
  await execute(server, 'postgres', 'DROP DATABASE "a-b"');
  const again = (await project.must<Made>(['backup'])).backups;
  const expected = [...again, made[1]!].flatMap(({ path }) =>
    ['', '.globals.sql', '.json'].map(suffix => basename(path) + suffix),
  );
  assert.deepEqual(files().sort(), expected.sort());
});

test('named databases: one that fails does not stop the others; password hashes come when they are asked for', async () => {
  const host = await hostServer();
  const [one, role] = [await createDatabase(host), await createRole(host, 'secret')];
  const several = targetProject({
    local: { ...hostTarget(host, 'postgres'), databases: ['no such', one], globals: 'with-passwords' },
  });
  const { exitCode, stdout, stderr } = await several.run(['backup', '--json']);
  assert.equal(exitCode, 10);
  const [failed, backup] = JSON.parse(stdout).backups;
  assert.deepEqual([failed.target, failed.database, failed.error.exitCode], ['local', 'no such', 3]);
  assert.match(stderr, /warning: local \(no such\): /);
  assert.equal(backup.database, one);
  assert.match(
    readFileSync(`${backup.path}.globals.sql`, 'utf8'),
    new RegExp(`ROLE ${role} .*PASSWORD 'SCRAM`),
  );
  assert.equal(dirname(backup.path), join(several.folder, 'backups'));
});

test('database and databases exclude each other', async () => {
  const both = targetProject({
    docker: { adapter: 'container', container: 'c', database: 'd', databases: 'all' },
  });
  const { exitCode, stderr } = await both.run(['list']);
  assert.equal(exitCode, 2);
  assert.match(stderr, /targets\.docker\.databases: expected either database or databases, not both/);
});
