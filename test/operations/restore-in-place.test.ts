import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { execute, rows, value } from '../stage/client.ts';
import { createDatabase, createRole } from '../stage/databases.ts';
import { differences, fingerprint } from '../stage/fingerprint.ts';
import { openSession } from '../stage/open-session.ts';
import type { PgServer } from '../stage/part.ts';
import { hostServer, privateServer, server17 } from '../stage/servers.ts';
import { hostTarget, type TargetProject, targetProject } from '../stage/target-project.ts';
import { waitUntil } from '../stage/wait-until.ts';

interface Restored {
  mode: string;
  undo: string;
}

/** A database whose owner may create none, with one table and a large object. */
async function ownersDatabase(server: PgServer): Promise<{ database: string; project: TargetProject }> {
  const owner = await createRole(server, 'secret');
  const database = await createDatabase(server, { options: `OWNER ${owner}` });
  await execute(
    server,
    database,
    `GRANT CREATE ON SCHEMA public TO ${owner}; SET ROLE ${owner};
     CREATE TABLE t AS SELECT generate_series(1, 100) AS n; SELECT lo_from_bytea(4711, 'x')`,
  );
  const login = { user: owner, password: 'secret' };
  const project = targetProject({ local: hostTarget(server, database, login) });
  await project.must(['backup']);
  return { database, project };
}

const servers: Record<string, () => Promise<PgServer>> = { 15: hostServer, 17: server17 };
for (const [major, start] of Object.entries(servers)) {
  test(`a role that may create no database restores in place, undoes and undoes again on PostgreSQL ${major}`, async () => {
    const server = await start();
    const { database, project } = await ownersDatabase(server);
    const atBackup = await fingerprint(server, database);
    await execute(server, database, 'UPDATE t SET n = 0; ALTER TABLE t ADD m int; SELECT lo_unlink(4711)');
    const live = await fingerprint(server, database);
    const result = await project.must<Restored>(['restore', 'latest', '--force']);
    assert.equal(result.mode, 'in-place');
    const manifest = JSON.parse(readFileSync(`${result.undo}.json`, 'utf8'));
    assert.equal(manifest.origin, 'before-restore');
    assert.deepEqual(differences(atBackup, await fingerprint(server, database)), []);
    await project.must(['undo', '--force']);
    assert.deepEqual(differences(live, await fingerprint(server, database)), []);
    await project.must(['undo', '--force']);
    assert.deepEqual(differences(atBackup, await fingerprint(server, database)), []);
  });
}

test('latest is not what was backed up before a restore, so that twice the same command does the same', async () => {
  const { database, project } = await ownersDatabase(await hostServer());
  const server = await hostServer();
  await execute(server, database, 'UPDATE t SET n = 0');
  for (let time = 0; time < 2; time += 1) {
    await project.must(['restore', 'latest', '--force']);
    assert.equal(await value(server, database, 'SELECT count(DISTINCT n) FROM t'), 100);
  }
});

test('a failure in the last statement, behind large objects, leaves the database as it was', async () => {
  const server = await hostServer();
  const { database, project } = await ownersDatabase(server);
  const sql = gunzipSync(readFileSync(project.newest())).toString();
  const late = 'ALTER TABLE ONLY public.t ADD CONSTRAINT c CHECK ((n < 100));\n\n\n';
  const path = join(project.folder, 'late.sql');
  writeFileSync(path, sql.replace(/(?=--\n-- PostgreSQL database dump complete)/, late));
  await execute(server, database, 'DELETE FROM t WHERE n > 50');
  const before = await fingerprint(server, database);
  const result = await project.run(['restore', path, '--force', '--no-safety-backup']);
  assert.equal(result.exitCode, 6, result.stderr);
  assert.match(result.stderr, /no way back[\s\S]*as it was before: .*check constraint "c"/);
  assert.deepEqual(differences(before, await fingerprint(server, database)), []);
  const undo = await project.run(['undo', '--force']);
  assert.equal(undo.exitCode, 2, 'a restore that failed is nothing to undo');
});

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`${signal} in the middle leaves the database as it was, and nothing to undo`, async () => {
    const server = await hostServer();
    const { database, project } = await ownersDatabase(server);
    const before = await fingerprint(server, database);
    const other = openSession(server, database);
    await other.execute('BEGIN; SELECT * FROM t');
    const run = project.start(['restore', 'latest', '--force']);
    const waiting = `SELECT count(*) FROM pg_stat_activity WHERE datname = '${database}' AND wait_event_type = 'Lock'`;
    await waitUntil('the restore waits', async () => (await value(server, 'postgres', waiting)) === 1);
    run.kill(signal);
    const { exitCode } = await run.finished;
    if (signal === 'SIGTERM') assert.equal(exitCode, 143);
    await other.close();
    await waitUntil('the server has noticed', async () => (await value(server, 'postgres', waiting)) === 0);
    assert.deepEqual(differences(before, await fingerprint(server, database)), []);
    await waitUntil('the lock is free', async () => (await project.run(['undo', '--force'])).exitCode === 2);
  });
}

test('an extension that the role may not drop stays, with its schema', async () => {
  const server = await hostServer();
  const { database, project } = await ownersDatabase(server);
  const owner = await ownerOf(server, database);
  await execute(
    server,
    database,
    `CREATE SCHEMA tools AUTHORIZATION ${owner}; CREATE EXTENSION pageinspect SCHEMA tools;
     COMMENT ON EXTENSION pageinspect IS 'ours'`,
  );
  await project.must(['backup']);
  const before = await fingerprint(server, database);
  await execute(server, database, `DROP TABLE t; SET ROLE ${owner}; CREATE TABLE tools.more (n int)`);
  await project.must(['restore', 'latest', '--force']);
  assert.deepEqual(differences(before, await fingerprint(server, database)), []);
});

test('what belongs to others is said beforehand, and nothing is touched', async () => {
  const server = await hostServer();
  const { database, project } = await ownersDatabase(server);
  await execute(server, database, 'CREATE SCHEMA theirs; CREATE TABLE theirs.t (n int)');
  const result = await project.run(['restore', 'latest', '--force']);
  assert.equal(result.exitCode, 6, result.stderr);
  assert.match(result.stderr, /belongs to others: relation theirs.t of postgres, schema theirs of postgres/);
  assert.equal(await value(server, database, 'SELECT count(*) FROM t'), 100);
});

test('a lock table too small for one transaction is said beforehand; a backup and a swap do with it', async () => {
  const server = await privateServer({ max_locks_per_transaction: '10', max_connections: '20' });
  const database = await createDatabase(server);
  await execute(
    server,
    database,
    `DO $$ BEGIN FOR i IN 1..150 LOOP EXECUTE format('CREATE TABLE t%s (id serial PRIMARY KEY, s text)', i); END LOOP; END $$`,
  );
  const project = targetProject({ local: hostTarget(server, database) });
  await project.must(['backup']);
  const result = await project.run(['restore', 'latest', '--force', '--mode', 'in-place']);
  assert.equal(result.exitCode, 6, result.stderr);
  assert.match(
    result.stderr,
    /about \d+ locks, and the server has room for 300[\s\S]*hint: Set max_locks_per_transaction to \d+/,
  );
  assert.equal(await value(server, database, 'SELECT count(*) FROM t1'), 0);
  await project.must(['restore', 'latest', '--force']);
});

test('a session that uses what would be replaced makes the restore fail after a while, and says why', async () => {
  const server = await hostServer();
  const { database, project } = await ownersDatabase(server);
  const other = openSession(server, database);
  await other.execute('BEGIN; SELECT * FROM t');
  const result = await project.run(['restore', 'latest', '--force']);
  await other.close();
  assert.equal(result.exitCode, 6, result.stderr);
  assert.match(result.stderr, /lock timeout[\s\S]*hint: Sessions use what would be replaced/);
  assert.equal(await value(server, database, 'SELECT count(*) FROM t'), 100);
});

test('list and targets tell of what an undo would put back, after a swap and after a restore in place', async () => {
  const server = await hostServer();
  const { database, project } = await ownersDatabase(server);
  interface Listed {
    undo?: { target: string; database: string; bytes: number }[];
  }
  assert.deepEqual((await project.must<Listed>(['list'])).undo, undefined);
  await project.must(['restore', 'latest', '--force']);
  const [undo] = (await project.must<Listed>(['list'])).undo ?? [];
  assert.equal(undo?.database, database);
  assert.ok(undo.bytes > 1_000_000);
  assert.match(
    (await project.run(['list'])).stderr,
    /^undo: .*MiB\) since .*db-orchestrate undo --target local/m,
  );
  assert.match((await project.run(['targets'])).stdout, /UNDO\n.*since \d{4}-.*MiB/);
  await execute(server, 'postgres', `ALTER ROLE ${await ownerOf(server, database)} CREATEDB`);
  await project.must(['restore', 'latest', '--force']);
  assert.match((await project.run(['targets'])).stdout, /UNDO\n.*since \d{4}-.*MiB/);
  await project.must(['prune', '--undo']);
  assert.deepEqual((await project.must<Listed>(['list'])).undo, undefined);
  assert.doesNotMatch((await project.run(['targets'])).stdout, /since/);
});

async function ownerOf(server: PgServer, database: string): Promise<string> {
  const found = `SELECT pg_get_userbyid(datdba) AS name FROM pg_database WHERE datname = '${database}'`;
  return (await rows<{ name: string }>(server, 'postgres', found))[0]!.name;
}
