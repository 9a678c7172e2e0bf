import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, beforeEach, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { createAwkwardDatabase } from '../stage/awkward-database.ts';
import { execute, identifier, rows, value } from '../stage/client.ts';
import { createDatabase } from '../stage/databases.ts';
import { differences, fingerprint } from '../stage/fingerprint.ts';
import { openSession } from '../stage/open-session.ts';
import type { PgServer } from '../stage/part.ts';
import { hostServer, server17 } from '../stage/servers.ts';
import { hostTarget, type TargetProject, targetProject } from '../stage/target-project.ts';
import { waitUntil } from '../stage/wait-until.ts';

const schema = `
  CREATE SCHEMA s; CREATE TABLE customers (id int PRIMARY KEY); INSERT INTO customers SELECT generate_series(1, 10);
  CREATE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS 'begin raise ''never''; end';
  CREATE TABLE s.orders (id serial PRIMARY KEY, parent int REFERENCES s.orders, n int GENERATED ALWAYS AS IDENTITY (INCREMENT 5),
    customer int CONSTRAINT "its customer" REFERENCES customers DEFERRABLE INITIALLY DEFERRED, double int GENERATED ALWAYS AS (n * 2) STORED);
  INSERT INTO s.orders (customer, parent) SELECT n % 10 + 1, 101 - n FROM generate_series(1, 100) n;
  CREATE TABLE lines (n int, "order" int CONSTRAINT l REFERENCES s.orders ON DELETE CASCADE, lax int);
  INSERT INTO lines SELECT n, n FROM generate_series(1, 50) n; INSERT INTO lines VALUES (NULL, NULL, 4711);
  ALTER TABLE lines ADD CONSTRAINT lax FOREIGN KEY (lax) REFERENCES s.orders NOT VALID; COMMENT ON CONSTRAINT l ON lines IS 'lines''s';
  CREATE TRIGGER a BEFORE INSERT OR DELETE ON s.orders FOR EACH ROW EXECUTE FUNCTION never();
  CREATE TRIGGER b AFTER TRUNCATE ON s.orders EXECUTE FUNCTION never();
  CREATE TRIGGER c BEFORE INSERT ON s.orders FOR EACH ROW EXECUTE FUNCTION never(); ALTER TABLE s.orders DISABLE TRIGGER c;
  CREATE TRIGGER d BEFORE INSERT ON s.orders FOR EACH ROW EXECUTE FUNCTION never(); ALTER TABLE s.orders ENABLE ALWAYS TRIGGER d;
  CREATE VIEW v AS TABLE s.orders; CREATE MATERIALIZED VIEW m AS SELECT count(*) FROM s.orders;
  CREATE TABLE s.heir (own int) INHERITS (s.orders); INSERT INTO s.heir (id, n, own) VALUES (1, 1, 1)`;

describe('restore --table --mode in-place', () => {
  let server: PgServer;
  let database: string;
  let project: TargetProject;
  let file: string;
  const restore = (...args: string[]) => project.run(['restore', file, '--mode', 'in-place', ...args]);
  before(async () => {
    server = await hostServer();
  });
  beforeEach(async () => {
    database = await createDatabase(server);
    await execute(server, database, schema);
    project = targetProject({ local: hostTarget(server, database) });
    await project.must(['backup']);
    file = project.newest();
  });

  test('puts the rows back and leaves all else as it is, with a backup of the live database first', async () => {
    const was = await fingerprint(server, database);
    await execute(
      server,
      database,
      `UPDATE ONLY s.orders SET customer = 1, parent = NULL; SELECT setval('s.orders_id_seq', 5); SELECT setval('s.orders_n_seq', 6, false)`,
    );
    const unforced = await restore('--table', 's.orders');
    assert.equal(unforced.exitCode, 9);
    for (const line of [
      /^table {5}s.orders: 100 rows will replace those of the live table$/m,
      /^switched off meanwhile, on s.orders: a, b, d$/m,
      /^views of s.orders, which will show the other rows: public.v$/m,
      /^materialized views of s.orders, which keep theirs until they are refreshed: public.m$/m,
      /^foreign keys that are checked anew: its customer of s.orders, orders_parent_fkey of s.orders$/m,
      /^foreign keys of other tables, checked anew: l of public.lines, lax of public.lines$/m,
      /^What was written since then will be gone from the live tables. The database is backed up first.$/m,
    ])
      assert.match(unforced.stderr, line);
    const dry = await restore('--table', 's.orders', '--dry-run', '--json');
    assert.deepEqual([dry.exitCode, JSON.parse(dry.stdout).mode], [0, 'in-place'], dry.stderr);
    const forced = await restore('--table', 's.orders', '--force');
    assert.equal(forced.exitCode, 0, forced.stderr);
    assert.deepEqual(differences(was, await fingerprint(server, database)), []);
    const safety = project.newest();
    assert.match(
      forced.stderr,
      new RegExp(
        `put the replaced rows back, run: db-orchestrate restore ${safety.replaceAll(' ', '.')}.* --table s.orders --mode in-place`.replace(
          'restore ',
          "restore '?",
        ),
      ),
    );
    assert.equal(JSON.parse(readFileSync(`${safety}.json`, 'utf8')).origin, 'before-restore');
  });

  test('makes a table that is missing with all that the file says of it, and takes several that refer to each other', async () => {
    const was = await fingerprint(server, database);
    await execute(
      server,
      database,
      'DROP TABLE lines; ALTER TABLE s.orders DISABLE TRIGGER a; UPDATE ONLY s.orders SET customer = 1; ALTER TABLE s.orders ENABLE TRIGGER a; DELETE FROM customers WHERE id > 1; INSERT INTO customers VALUES (11)',
    );
    const { stdout, stderr, exitCode } = await restore(
      '--table',
      's.orders',
      '--table',
      'lines',
      '--table',
      'customers',
      '--force',
      '--no-safety-backup',
      '--json',
    );
    assert.equal(exitCode, 0, stderr);
    assert.match(
      stderr,
      /^table {5}public.lines: 51 rows will be brought with the table, which does not exist any more$/m,
    );
    assert.match(stderr, /There will be no way back/);
    const { seconds, ...result } = JSON.parse(stdout);
    assert.deepEqual(result, {
      target: 'local',
      database,
      from: file,
      mode: 'in-place',
      undo: null,
      tables: ['s.orders', 'public.lines', 'public.customers'],
      schema: null,
    });
    assert.ok(seconds > 0);
    assert.deepEqual(differences(was, await fingerprint(server, database)), []);
  });

  test('refuses other columns before anything is touched, and says how they differ', async () => {
    await execute(
      server,
      database,
      'ALTER TABLE lines ALTER n TYPE bigint, ADD "a b" text; ALTER TABLE lines RENAME lax TO laxer',
    );
    const live = await fingerprint(server, database);
    const { stderr, exitCode } = await restore('--table', 'lines', '--force');
    assert.equal(exitCode, 6, stderr);
    assert.match(stderr, /nothing was changed: public.lines: /);
    for (const part of [
      'n is integer in the file and bigint in the live table',
      '"a b" text is only in the live table',
      'lax integer is only in the file',
    ])
      assert.ok(stderr.includes(part), stderr);
    assert.match(stderr, /hint: Bring the table beside the live one: db-orchestrate restore /);
    assert.deepEqual(differences(live, await fingerprint(server, database)), []);
    assert.equal(project.newest(), file);
  });

  test('leaves all as it was when the rows do not fit or the last statement fails, sequences too', async () => {
    await execute(
      server,
      database,
      "DELETE FROM lines; DELETE FROM customers c WHERE NOT EXISTS (SELECT FROM s.orders WHERE customer = c.id AND id < 0) AND false; SELECT setval('s.orders_id_seq', 4000); INSERT INTO customers VALUES (77); INSERT INTO lines VALUES (1, 1)",
    );
    const sql = gunzipSync(readFileSync(file)).toString();
    const path = join(project.folder, 'less.sql');
    writeFileSync(
      path,
      sql.replace(/^COPY s.orders [\s\S]*?\n\\\.\n/m, rows => rows.replace(/^1\t.*\n/m, '')),
    );
    const live = await fingerprint(server, database);
    for (const [args, message] of [
      [[path, '--table', 's.orders'], /violates foreign key constraint|orders_parent_fkey|"l"/],
      [[path, '--table', 's.orders', '--table', 'lines'], /violates foreign key constraint/],
    ] as const) {
      const result = await project.run([
        'restore',
        ...args,
        '--mode',
        'in-place',
        '--force',
        '--no-safety-backup',
      ]);
      assert.equal(result.exitCode, 6, result.stderr);
      assert.match(result.stderr, message);
      assert.match(result.stderr, /hint: The rows of the file do not fit those of other tables/);
      assert.deepEqual(differences(live, await fingerprint(server, database)), []);
    }
  });

  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    test(`${signal} in the middle leaves all as it was`, async () => {
      const live = await fingerprint(server, database);
      const other = openSession(server, database);
      await other.execute('BEGIN; SELECT * FROM customers');
      const run = project.start([
        'restore',
        file,
        '--table',
        'customers',
        '--mode',
        'in-place',
        '--force',
        '--no-safety-backup',
      ]);
      const waiting = `SELECT count(*) FROM pg_stat_activity WHERE datname = '${database}' AND wait_event_type = 'Lock'`;
      await waitUntil('the restore waits', async () => (await value(server, 'postgres', waiting)) === 1);
      run.kill(signal);
      const { exitCode } = await run.finished;
      if (signal === 'SIGTERM') assert.equal(exitCode, 143);
      await other.close();
      await waitUntil('the server has noticed', async () => (await value(server, 'postgres', waiting)) === 0);
      assert.deepEqual(differences(live, await fingerprint(server, database)), []);
    });
  }

  test('refuses what is no plain table, and takes INSERTs past rules', async () => {
    await execute(
      server,
      database,
      `
      CREATE TABLE parted (n int) PARTITION BY LIST (n); CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN (1); INSERT INTO parted VALUES (1);
      CREATE TABLE pointing (n int); ALTER TABLE parted ADD PRIMARY KEY (n); ALTER TABLE pointing ADD CONSTRAINT p FOREIGN KEY (n) REFERENCES parted; INSERT INTO pointing VALUES (1);
      CREATE RULE r AS ON INSERT TO pointing DO INSTEAD NOTHING`,
    );
    await project.must(['backup']);
    file = project.newest();
    const refused = await restore('--table', 'parted', '--force');
    assert.equal(refused.exitCode, 2);
    assert.match(refused.stderr, /public.parted is partitioned: its rows are in its partitions/);
    const was = await fingerprint(server, database);
    await execute(server, database, 'TRUNCATE pointing');
    const sql = gunzipSync(readFileSync(file)).toString();
    file = join(project.folder, 'inserts.sql');
    writeFileSync(
      file,
      sql.replace(
        'COPY public.pointing (n) FROM stdin;\n1\n\\.\n',
        'INSERT INTO public.pointing VALUES (1);\n',
      ),
    );
    const done = await restore('--table', 'parted_1', '--table', 'pointing', '--force', '--no-safety-backup');
    assert.equal(done.exitCode, 0, done.stderr);
    assert.deepEqual(differences(was, await fingerprint(server, database)), []);
  });
});

for (const [major, start] of Object.entries({ 15: hostServer, 17: server17 })) {
  test(`the tables of the awkward database get their rows back in place, on PostgreSQL ${major}`, async () => {
    const server = await start();
    const { name: database } = await createAwkwardDatabase(server);
    const project = targetProject({ local: hostTarget(server, database) });
    await project.must(['backup']);
    const tables = await rows<{ schema: string; name: string }>(
      server,
      database,
      `SELECT nspname AS schema, relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
       WHERE relkind = 'r' AND nspname NOT IN ('pg_catalog', 'information_schema') AND relname NOT LIKE 'spread%'
         AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')`,
    );
    const written = tables.map(({ schema, name }) => [schema, name].map(identifier).join('.'));
    const was = await fingerprint(server, database);
    const truncate = `SET session_replication_role = replica; TRUNCATE ${written.map(one => `ONLY ${one}`).join(', ')}`;
    await execute(server, database, truncate);
    const typed = written.flatMap(one => ['--table', one]);
    await project.must([
      'restore',
      'latest',
      ...typed,
      '--mode',
      'in-place',
      '--force',
      '--no-safety-backup',
    ]);
    assert.deepEqual(differences(was, await fingerprint(server, database)), []);
    const rootsRows = await project.run([
      'restore',
      'latest',
      '--table',
      'spread_0',
      '--mode',
      'in-place',
      '--force',
      '--dry-run',
    ]);
    assert.equal(rootsRows.exitCode, 2, rootsRows.stderr);
    assert.match(rootsRows.stderr, /the file has no rows of app.spread_0: it would only be emptied/);
  });
}
