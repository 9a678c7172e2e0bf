import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { execute, identifier, pgDump, rows, value } from '../stage/client.ts';
import { createDatabase, createRole, uniqueName } from '../stage/databases.ts';
import { differences, type Fingerprint, fingerprint } from '../stage/fingerprint.ts';
import { openSession } from '../stage/open-session.ts';
import type { PgServer } from '../stage/part.ts';
import { hostServer, server17 } from '../stage/servers.ts';
import { hostTarget, type TargetProject, targetProject } from '../stage/target-project.ts';

describe('a restore that cannot succeed leaves the database as it was:', () => {
  let server: PgServer;
  let owner: string;
  let database: string;
  let project: TargetProject;
  let whole: Fingerprint;
  let sql: string;

  before(async () => {
    server = await hostServer();
    owner = await createRole(server, 'secret', 'CREATEDB');
    database = await createDatabase(server, { options: `OWNER ${owner}` });
    await execute(
      server,
      database,
      `SET ROLE ${owner}; CREATE TABLE t AS SELECT generate_series(1, 100) n; SELECT lo_from_bytea(4711, 'x');`,
    );
    whole = await fingerprint(server, database);
    project = targetProject({
      local: hostTarget(server, database),
      owner: hostTarget(server, database, { user: owner, password: 'secret' }),
    });
    await project.must(['backup', '--target', 'local', '--target', 'owner']);
    sql = gunzipSync(readFileSync(project.newest())).toString();
  });

  async function fails(
    args: string[],
    message: RegExp,
    { hint, exitCode = 6 }: { hint?: RegExp; exitCode?: number } = {},
  ): Promise<void> {
    const result = await project.run(['restore', ...args, '--force']);
    assert.equal(result.exitCode, exitCode, result.stderr);
    assert.match(result.stderr, message);
    if (hint) assert.match(result.stderr, new RegExp(`^hint: .*${hint.source}`, 'm'));
    const beside = `SELECT datname FROM pg_database WHERE starts_with(datname, '${database}_')`;
    assert.deepEqual(await rows(server, 'postgres', beside), []);
  }

  function file(text: string): string {
    const path = join(project.folder, 'changed.sql');
    writeFileSync(path, text);
    return path;
  }

  test('an error in its last statement, behind large objects', async () => {
    const late = 'ALTER TABLE ONLY public.t ADD CONSTRAINT c CHECK ((n < 100));\n\n\n';
    await fails(
      [file(sql.replace(/(?=--\n-- PostgreSQL database dump complete)/, late))],
      /check constraint "c"/,
    );
  });

  test('a role that the dump gives things to is missing', async () => {
    const role = uniqueName('nobody');
    const late = `ALTER TABLE public.t OWNER TO ${role};\n\n\n`;
    await fails([file(sql.replace(/(?=--\n-- PostgreSQL database dump complete)/, late))], new RegExp(role), {
      hint: new RegExp(`CREATE ROLE "${role}"`),
    });
  });

  test('several things at once are missing, and all of them are said, also by a dry run', async () => {
    const late = `CREATE EXTENSION IF NOT EXISTS no_such_thing WITH SCHEMA public;\n\n\nALTER TABLE public.t OWNER TO ${owner}_x;\n\n\n`;
    const path = file(sql.replace(/(?=--\n-- PostgreSQL database dump complete)/, late));
    await fails([path], new RegExp(`no_such_thing[\\s\\S]*and .*${owner}_x`), { hint: /Install/ });
    const dry = await project.run(['restore', path, '--dry-run']);
    assert.equal(dry.exitCode, 6);
    assert.match(dry.stderr, /^database .* will be replaced[\s\S]*no_such_thing[\s\S]*CREATE ROLE/m);
  });

  test('an extension is missing', async () => {
    const late = 'CREATE EXTENSION IF NOT EXISTS no_such_thing WITH SCHEMA public;\n\n\n';
    await fails([file(sql.replace(/(?=^CREATE TABLE)/m, late))], /no_such_thing/, { hint: /Install/ });
  });

  test('the role may not create databases, or is not the owner', async () => {
    await execute(server, 'postgres', `ALTER ROLE ${owner} NOCREATEDB`);
    await fails(['latest', '--target', 'owner', '--mode', 'swap'], /may not create databases/, {
      hint: /CREATEDB/,
    });
    await execute(server, 'postgres', `ALTER ROLE ${owner} CREATEDB`);
    await execute(server, 'postgres', `ALTER DATABASE ${identifier(database)} OWNER TO postgres`);
    const result = await project.run(['restore', 'latest', '--target', 'owner', '--force']);
    await execute(server, 'postgres', `ALTER DATABASE ${identifier(database)} OWNER TO ${owner}`);
    assert.equal(result.exitCode, 6);
    assert.match(result.stderr, /does not own database .*; its owner is postgres/);
    assert.match(result.stderr, /hint: .*GRANT "postgres" TO/);
  });

  test('somebody uses the database whose session the role may not end', async () => {
    const session = openSession(server, database);
    await session.execute('SELECT 1');
    await fails(['latest', '--target', 'owner'], /used by sessions .*may not end: postgres/, {
      hint: /superuser/,
    });
    await session.close();
  });

  test('the backup gives things to a role that the restoring one is no member of', async () => {
    const other = await createRole(server, 'secret');
    await execute(server, database, `ALTER TABLE t OWNER TO ${other}`);
    await project.must(['backup', '--target', 'owner']).catch(() => undefined);
    const asSuperuser = await project.must<{ backups: { path: string }[] }>(['backup', '--target', 'local']);
    await execute(server, database, `ALTER TABLE t OWNER TO ${owner}`);
    await fails([asSuperuser.backups[0]!.path, '--target', 'owner'], new RegExp(`no member of: ${other}`), {
      hint: /--no-owners/,
    });
  });

  test('a logical slot, a subscription or a prepared transaction hangs on the database', async () => {
    const slot = uniqueName('slot');
    await execute(server, database, `SELECT pg_create_logical_replication_slot('${slot}', 'pgoutput')`);
    await fails(['latest'], new RegExp(slot), { hint: /pg_drop_replication_slot/ });
    await execute(server, database, `SELECT pg_drop_replication_slot('${slot}')`);

    const subscription = uniqueName('sub');
    await execute(
      server,
      database,
      `CREATE SUBSCRIPTION ${subscription} CONNECTION 'dbname=x' PUBLICATION p WITH (connect = false)`,
    );
    await fails(['latest'], new RegExp(subscription), { hint: /DROP SUBSCRIPTION/ });
    await execute(
      server,
      database,
      `ALTER SUBSCRIPTION ${subscription} SET (slot_name = NONE); DROP SUBSCRIPTION ${subscription}`,
    );

    await execute(server, database, `BEGIN; LOCK t IN ROW SHARE MODE; PREPARE TRANSACTION '${slot}'`);
    await fails(['latest'], /prepared transaction/, { hint: /ROLLBACK PREPARED/ });
    await execute(server, database, `ROLLBACK PREPARED '${slot}'`);
  });

  test('a server of an older version than the dump, when it does not accept it', async () => {
    const newer = await server17();
    const source = await createDatabase(newer);
    await execute(newer, source, 'CREATE TABLE g (n int, m int GENERATED ALWAYS AS (n) STORED)');
    const good = await pgDump(newer, source);
    const bad = good
      .toString()
      .replace('CREATE TABLE', 'CREATE TABLE public.x (n int STORAGE EXTERNAL);\n\n$&');
    await fails([file(bad)], /written by pg_dump 17[\s\S]*may not accept/, {
      hint: /server of that version/,
    });
  });

  test('and after all of them it is still the same', async () => {
    assert.deepEqual(differences(whole, await fingerprint(server, database)), []);
  });
});

test('pg_dump 17 writes a setting for every server that older ones refuse; the restore does not stop at it', async () => {
  const [server, newer] = [await hostServer(), await server17()];
  const [source, database] = [await createDatabase(newer), await createDatabase(server)];
  await execute(newer, source, 'CREATE TABLE t AS SELECT 47 AS n');
  const project = targetProject({ local: hostTarget(server, database) });
  writeFileSync(join(project.folder, 'newer.sql'), await pgDump(newer, source));
  await project.must(['restore', './newer.sql', '--force']);
  assert.equal(await value(server, database, 'SELECT n FROM t'), 47);
});
