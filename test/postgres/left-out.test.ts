import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { hostSpawn } from '../../adapters/local-hybrid/spawn.ts';
import type { Session } from '../../src/contract/adapter.ts';
import { OrchestrateError } from '../../src/errors.ts';
import { type Exclude, findExclusion } from '../../src/postgres/left-out.ts';
import { openSession } from '../../src/postgres/session.ts';
import { afterFile } from '../stage/after-file.ts';
import { clientEnv, execute, pgProgram } from '../stage/client.ts';
import { createDatabase, uniqueName } from '../stage/databases.ts';
import type { PgServer } from '../stage/part.ts';
import { hostServer } from '../stage/servers.ts';

let server: PgServer;
before(async () => {
  server = await hostServer();
});

async function exclusion(database: string, exclude: Exclude) {
  const session = await open(database);
  return findExclusion(session, exclude);
}

async function open(database: string): Promise<Session> {
  const { PGDATABASE: _, ...env } = clientEnv(server, database);
  const session = await openSession(hostSpawn(server.binDirectory, env), database);
  afterFile(() => session.close());
  return session;
}

test('what stays and needs what is left out is named', async () => {
  const database = await createDatabase(server);
  await execute(
    server,
    database,
    `CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a int CONSTRAINT "b to a" REFERENCES a);
     CREATE VIEW v AS SELECT * FROM a; CREATE TABLE c () INHERITS (a); CREATE TABLE d (x a); CREATE INDEX ON a (id);
     CREATE TABLE e (id int PRIMARY KEY, self int REFERENCES e); CREATE TABLE f (e int REFERENCES e)`,
  );
  const { stranded } = await exclusion(database, { tables: ['A'], tableData: ['public.e'] });
  assert.deepEqual(stranded, [
    'constraint b to a on table public.b',
    'constraint f_e_fkey on table public.f',
    'table public.c',
    'table public.d',
    'view public.v',
  ]);
});

test('patterns mean what they mean to pg_dump', async () => {
  const [database, schema] = [await createDatabase(server), uniqueName('s')];
  await execute(
    server,
    database,
    `CREATE SCHEMA ${schema}; CREATE TABLE ${schema}.ab (); CREATE TABLE ${schema}.x (); CREATE TABLE ab (); CREATE TABLE "AB" ();
     CREATE TABLE "a.b" (); CREATE TABLE "a""b" (); CREATE TABLE "a$b" (); CREATE TABLE "a+b" (); CREATE TABLE aab (); CREATE TABLE "é" ();
     CREATE VIEW abv AS SELECT 1 AS n; CREATE SEQUENCE abs; CREATE TABLE "a[]" (); CREATE TABLE "a\\b" (); CREATE TABLE "two words" ();
     ALTER DATABASE ${database} SET search_path = ${schema}, public`,
  );
  const patterns = [
    ...[
      'ab',
      'AB',
      '"AB"',
      'a?b',
      '*',
      'a*',
      '*.ab',
      `${schema}.*`,
      'public.a*',
      '"a.b"',
      '"a""b"',
      'a$b',
      'a+b',
    ],
    ...['"a+b"', '[ax]b', '(ab|x)', 'É', '"É"', 'é', 'a[]', '"a\\b"', 'two*', 'TWO words', 'nothing', '"*"'],
  ];
  const all = await tablesIn(database, []);
  const session = await open(database);
  for (const pattern of patterns) {
    const left = new Set(await tablesIn(database, [`--exclude-table=${pattern}`]));
    const { leftOut, idle } = await findExclusion(session, { tables: [pattern] });
    const names = leftOut.map(({ name }) => name);
    assert.deepEqual(names.sort(), all.filter(name => !left.has(name)).sort(), pattern);
    assert.equal(idle.length, names.length === 0 ? 1 : 0);
  }
});

async function tablesIn(name: string, args: string[]): Promise<string[]> {
  const { stdout } = await pgProgram(server, name, ['pg_dump', '--schema-only', '-O', ...args]);
  const made = /^CREATE (?:TABLE|VIEW|SEQUENCE) (\w+\.(?:"(?:[^"]|"")*"|\w+))/gm;
  return [...stdout.matchAll(made)].map(([, found]) => found!);
}

test('a pattern that the server cannot read is a mistake of the configuration', async () => {
  const database = await createDatabase(server);
  await execute(server, database, 'CREATE TABLE t ()');
  const failing = exclusion(database, { tableData: ['a['] });
  await assert.rejects(failing, error => error instanceof OrchestrateError && error.exitCode === 2);
});
