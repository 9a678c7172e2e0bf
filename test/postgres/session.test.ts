import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { hostSpawn } from '../../adapters/local-hybrid/spawn.ts';
import { QueryFailure, type Session } from '../../src/contract/adapter.ts';
import { identifier, literal } from '../../src/postgres/quote.ts';
import { openSession } from '../../src/postgres/session.ts';
import { afterFile } from '../stage/after-file.ts';
import { clientEnv, execute } from '../stage/client.ts';
import { createDatabase, createRole } from '../stage/databases.ts';
import type { PgServer } from '../stage/part.ts';
import { hostServer } from '../stage/servers.ts';

describe('a session', () => {
  let server: PgServer;
  let database: string;
  before(async () => {
    server = await hostServer();
    database = await createDatabase(server);
  });

  async function open(login: { user?: string; password?: string } = {}, where = database): Promise<Session> {
    const { PGDATABASE: _, ...env } = clientEnv(server, where, login);
    const session = await openSession(hostSpawn(server.binDirectory, env), where);
    afterFile(() => session.close());
    return session;
  }

  test('gives rows as JSON has them, of any text', async () => {
    const session = await open();
    const texts = ['', "it's", 'a\nb\r\n\tc\\d', '"é" 🐘', ":name :'x' \\echo", '$$ -- /*', '%s'];
    for (const text of texts) {
      const rows = await session.query(
        `SELECT ${literal(text)} AS ${identifier(text || 'x')}, 1 AS n, NULL AS z`,
      );
      assert.deepEqual(rows, [{ [text || 'x']: text, n: 1, z: null }]);
    }
    assert.deepEqual(await session.query('SELECT 1 WHERE false'), []);
  });

  test("rejects with the server's code and words, and goes on", async () => {
    const session = await open();
    const failure = await session.query('SELECT 1/0').catch(error => error);
    assert.ok(failure instanceof QueryFailure);
    assert.deepEqual([failure.sqlState, failure.message], ['22012', 'division by zero']);
    await assert.rejects(session.execute(`DO $$ BEGIN RAISE 'two\nlines :ERROR'; END $$`), {
      message: 'two\nlines :ERROR',
    });
    assert.deepEqual(await session.query('SELECT 2 AS n'), [{ n: 2 }]);
  });

  test('answers in the order of the questions', async () => {
    const session = await open();
    const answers = [1, 2, 3].map(n =>
      session.query<{ n: number }>(`SELECT ${n} AS n, pg_sleep(0.01) IS NULL`),
    );
    assert.deepEqual(
      (await Promise.all(answers)).map(([row]) => row!.n),
      [1, 2, 3],
    );
  });

  test('rejects when it is ended from outside, and each further question too', async () => {
    const session = await open();
    const [row] = await session.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await execute(server, 'postgres', `SELECT pg_terminate_backend(${row!.pid})`);
    await assert.rejects(session.query('SELECT 1'), /terminating connection|server closed/);
    await assert.rejects(session.query('SELECT 1'));
  });

  test('is not disturbed by what its role or its database have set', async () => {
    const user = await createRole(server, 'secret');
    const own = await createDatabase(server);
    for (const setting of [
      "statement_timeout = '2s'",
      "idle_session_timeout = '2s'",
      "idle_in_transaction_session_timeout = '2s'",
      'default_transaction_read_only = on',
      'standard_conforming_strings = off',
      'search_path = mine, pg_catalog',
    ])
      await execute(server, 'postgres', `ALTER ROLE ${user} SET ${setting}`);
    await execute(
      server,
      own,
      `GRANT CREATE ON SCHEMA public TO ${user}; CREATE SCHEMA mine; GRANT USAGE ON SCHEMA mine TO PUBLIC;
       CREATE FUNCTION mine.current_database() RETURNS text LANGUAGE sql AS $$ SELECT 'another' $$`,
    );
    const session = await open({ user, password: 'secret' }, own);
    await session.execute(`DO $$ BEGIN PERFORM pg_sleep(2.5); END $$`);
    await sleep(2500);
    await session.execute('CREATE TABLE public.made ()');
    const [row] = await session.query(`SELECT current_database() AS name, ${literal('back\\slash')} AS text`);
    assert.deepEqual(row, { name: own, text: 'back\\slash' });
  });
});
