import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { before, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { createAwkwardDatabase } from '../stage/awkward-database.ts';
import { execute, identifier, pgDump, rows, value } from '../stage/client.ts';
import { createDatabase } from '../stage/databases.ts';
import { differences, fingerprint } from '../stage/fingerprint.ts';
import type { PgServer } from '../stage/part.ts';
import { hostServer, server17 } from '../stage/servers.ts';
import { hostTarget, type TargetProject, targetProject } from '../stage/target-project.ts';

interface Restored {
  schema: string;
  tables: string[];
  [key: string]: unknown;
}

describe('restore --table beside the live tables', () => {
  let server: PgServer;
  let database: string;
  let project: TargetProject;
  let schema: string;
  before(async () => {
    server = await hostServer();
    database = await createDatabase(server);
    await execute(
      server,
      database,
      `CREATE SCHEMA s; CREATE TABLE other (id int PRIMARY KEY); INSERT INTO other VALUES (1); CREATE SEQUENCE loose;
       CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end';
       CREATE TABLE s.orders (id serial PRIMARY KEY, other int REFERENCES other, n int GENERATED ALWAYS AS IDENTITY,
         loose int DEFAULT nextval('loose') NOT NULL, "a, DEFAULT nextval('x'::regclass)" text COLLATE "C" DEFAULT ' DEFAULT nextval(''x''::regclass)',
         twice numeric(7,2) GENERATED ALWAYS AS (n * 2) STORED, CONSTRAINT c CHECK (id > 0), UNIQUE (n, other));
       INSERT INTO s.orders (other) SELECT 1 FROM generate_series(1, 1000);
       CREATE INDEX ON s.orders (twice) WHERE id > 5; COMMENT ON COLUMN s.orders.n IS 's.orders'; COMMENT ON CONSTRAINT c ON s.orders IS 'c';
       COMMENT ON INDEX s.orders_pkey IS 'the key'; COMMENT ON CONSTRAINT orders_other_fkey ON s.orders IS 'gone';
       CREATE TRIGGER t BEFORE INSERT ON s.orders FOR EACH ROW EXECUTE FUNCTION f(); CREATE POLICY p ON s.orders;
       CREATE RULE r AS ON DELETE TO s.orders DO INSTEAD NOTHING; CREATE TABLE heir () INHERITS (other); CREATE TABLE orders (id int)`,
    );
    project = targetProject({ local: hostTarget(server, database) });
    await project.must(['backup']);
    schema = `restored_${basename(project.newest()).slice('test_backup_'.length, -'.sql.gz'.length)}`;
  });

  test('brings columns, rows, keys, indexes and comments, says what it leaves out, and touches nothing else', async () => {
    const live = await fingerprint(server, database);
    const { stderr, exitCode, stdout } = await project.run(['restore', 'latest', '--table', 's.orders']);
    assert.deepEqual([exitCode, stdout], [0, ''], stderr);
    assert.match(
      stderr,
      new RegExp(`^table {5}s.orders: 1000 rows will be brought beside it, as ${schema}.orders$`, 'm'),
    );
    const left = stderr
      .match(/^left out of s.orders: (.*)$/m)![1]!
      .split(', ')
      .sort();
    assert.deepEqual(left, [
      'defaults that use sequences (2)',
      'foreign keys (1)',
      'identity columns (1)',
      'policies (1)',
      'rules (1)',
      'triggers (1)',
    ]);
    assert.match(stderr, new RegExp(`When you are done with it: DROP SCHEMA "${schema}" CASCADE`));
    const of = (name: string) => new RegExp(`\\b${name}\\b`);
    const changed = differences(live, await fingerprint(server, database));
    assert.deepEqual(
      changed.filter(line => !of(schema).test(line)),
      [],
    );
    assert.equal(
      await value(
        server,
        database,
        `SELECT count(*) FROM (TABLE s.orders EXCEPT TABLE ${schema}.orders) AS d`,
      ),
      0,
    );
    const definition = (name: string) => `
      SELECT (SELECT json_agg(json_build_array(attname, format_type(atttypid, atttypmod), attnotnull, attcollation, attgenerated,
          attidentity, pg_get_expr(adbin, adrelid), col_description(attrelid, attnum)) ORDER BY attnum)
        FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum WHERE attrelid = c.oid AND attnum > 0) AS columns,
        (SELECT json_agg(replace(pg_get_indexdef(indexrelid), '${name}.', '') || coalesce(obj_description(indexrelid), '') ORDER BY indexrelid::regclass::text) FROM pg_index WHERE indrelid = c.oid) AS indexes,
        (SELECT json_agg(pg_get_constraintdef(oid) || coalesce(obj_description(oid), '') ORDER BY conname) FROM pg_constraint WHERE conrelid = c.oid AND contype <> 'f') AS constraints
      FROM pg_class c WHERE c.oid = '${name}.orders'::regclass`;
    const [was] = await rows<{ columns: unknown[][]; [key: string]: unknown }>(
      server,
      database,
      definition('s'),
    );
    const [is] = await rows<{ columns: unknown[][]; [key: string]: unknown }>(
      server,
      database,
      definition(schema),
    );
    for (const column of was!.columns) {
      if (/^(id|loose)$/.test(String(column[0]))) column[6] = null;
      if (column[0] === 'n') column[5] = '';
    }
    assert.deepEqual(is, was);
  });

  test('refuses to overwrite, and takes another schema, also one that is there', async () => {
    const again = await project.run(['restore', 'latest', '--table', 's.orders', '--schema', 's']);
    assert.equal(again.exitCode, 2);
    assert.match(again.stderr, /schema "s" already has orders\nhint: .*--schema/);
    await execute(server, database, 'CREATE SCHEMA "odd ""ü"""');
    const odd = 'odd "ü"';
    const done = await project.must<Restored>([
      'restore',
      'latest',
      '--table',
      's.orders',
      '--table',
      'other',
      '--schema',
      odd,
    ]);
    assert.deepEqual(done, {
      target: 'local',
      database,
      from: project.newest(),
      mode: 'beside',
      undo: null,
      seconds: done.seconds,
      tables: ['s.orders', 'public.other'],
      schema: odd,
    });
    assert.equal(await value(server, database, `SELECT count(*) FROM ${identifier(odd)}.orders`), 1000);
  });

  test('plans only with --dry-run, and needs another database to exist', async () => {
    const dry = await project.must<Restored>([
      'restore',
      'latest',
      '--table',
      'other',
      '--schema',
      'dry',
      '--dry-run',
    ]);
    assert.deepEqual([dry.dryRun, dry.mode, dry.schema], [true, 'beside', 'dry']);
    assert.equal(await value(server, database, "SELECT count(*) FROM pg_namespace WHERE nspname = 'dry'"), 0);
    const none = await project.run(['restore', 'latest', '--table', 'other', '--into', `${database}_none`]);
    assert.equal(none.exitCode, 2);
    const into = await createDatabase(server);
    const { schema: made } = await project.must<Restored>([
      'restore',
      'latest',
      '--table',
      'other',
      '--into',
      into,
    ]);
    assert.equal(await value(server, into, `SELECT count(*) FROM ${made}.other`), 1);
  });

  test('leaves nothing when something fails, not even the schema', async () => {
    const sql = gunzipSync(readFileSync(project.newest())).toString();
    const late = join(project.folder, 'late.sql');
    writeFileSync(
      late,
      sql.replace(
        /ADD CONSTRAINT orders_pkey PRIMARY KEY \(id\)/,
        'ADD CONSTRAINT orders_pkey PRIMARY KEY (other)',
      ),
    );
    const result = await project.run(['restore', late, '--table', 's.orders', '--schema', 'late']);
    assert.equal(result.exitCode, 6, result.stderr);
    assert.match(result.stderr, /the database is as it was before: .*could not create unique index/);
    assert.equal(
      await value(server, database, "SELECT count(*) FROM pg_namespace WHERE nspname = 'late'"),
      0,
    );
  });

  test('says what cannot be brought by itself, and which options do not go together', async () => {
    const refused: [string[], RegExp][] = [
      [['--table', 'heir'], /public.heir has columns of other tables: public.other\nhint: .*--into/],
      [['--table', 's.orders', '--table', 'public.orders'], /several of the tables are called "orders"/],
      [['--table', 'nowhere'], /has no table nowhere/],
      [['--table', 'other', '--mode', 'swap'], /cannot be swapped/],
      [['--table', 'other', '--no-owners'], /--no-owners and --table exclude each other/],
      [['--schema', 'x'], /--schema is for single tables/],
    ];
    for (const [args, message] of refused) {
      const result = await project.run(['restore', 'latest', ...args]);
      assert.equal(result.exitCode, 2, result.stderr);
      assert.match(result.stderr, message);
    }
  });
});

for (const [major, start] of Object.entries({ 15: hostServer, 17: server17 })) {
  test(`every table of the awkward database comes beside itself with the same rows, on PostgreSQL ${major}`, async () => {
    const server = await start();
    const { name: database } = await createAwkwardDatabase(server);
    const project = targetProject({ local: hostTarget(server, database) });
    const file = join(project.folder, 'dump.sql');
    writeFileSync(file, await pgDump(server, database, ['-O', '-x']));
    const tables = await rows<{ schema: string; name: string; kind: string }>(
      server,
      database,
      `SELECT nspname AS schema, relname AS name, relkind AS kind FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
       WHERE relkind IN ('r', 'p') AND nspname NOT IN ('pg_catalog', 'information_schema') AND relname <> 'dogs'
         AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')`,
    );
    const names = new Map(tables.map(table => [table.name, table]));
    const chosen = [...names.values()];
    const typed = chosen.flatMap(({ schema, name }) => ['--table', [schema, name].map(identifier).join('.')]);
    await project.must(['restore', './dump.sql', ...typed, '--schema', 'Beside "é"']);
    for (const { schema, name, kind } of chosen) {
      if (kind === 'p' || name.startsWith('spread')) continue;
      const [was, is] = [schema, 'Beside "é"'].map(one => [one, name].map(identifier).join('.'));
      const other = await value(
        server,
        database,
        `SELECT count(*) FROM (SELECT t::text FROM ONLY ${was} t EXCEPT ALL SELECT t::text FROM ${is} t) AS d`,
      );
      assert.equal(other, 0, name);
      const count = (table: string) => `SELECT count(*) FROM ONLY ${table}`;
      assert.equal(
        await value(server, database, count(is!)),
        await value(server, database, count(was!)),
        name,
      );
    }
  });
}
