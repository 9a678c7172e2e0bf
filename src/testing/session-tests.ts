import assert from 'node:assert/strict';
import { test } from 'node:test';
import { QueryFailure } from '../contract/adapter.ts';
import { identifier } from '../postgres/quote.ts';
import { outputOf, rejection, type Scene, skippedAlone } from './scene.ts';

/** Legal names that programs have taken for options, connection strings, or shell. */
const hostileNames = ['a=b', 'postgresql://x', '-d', `it's "$(touch x)" \\ é🐘`, ' '];

export function sessionTests(scene: () => Scene): void {
  test('a session gives rows as JSON has them, and goes on after an error of the server', async () => {
    const { server, database } = scene();
    const session = await server.session(database);
    const select = `SELECT E'é🐘\\n\\r\\t\\\\' AS text, 1 AS one, NULL AS none`;
    assert.deepEqual(await session.query(select), [{ text: 'é🐘\n\r\t\\', one: 1, none: null }]);
    const failure = await rejection(session.query('SELECT 1/0'));
    assert.ok(failure instanceof QueryFailure, String(failure));
    assert.equal(failure.sqlState, '22012');
    const answers = await Promise.all([1, 2, 3].map(n => session.query<{ n: number }>(`SELECT ${n} AS n`)));
    assert.deepEqual(answers.flat(), [{ n: 1 }, { n: 2 }, { n: 3 }]);
    await session.close();
    await session.close();
  });

  test('a transaction lives in its session alone, and ends with it', async context => {
    if (skippedAlone(context, scene())) return;
    const { server, database } = scene();
    const [writer, reader] = await Promise.all([server.session(database), server.session(database)]);
    const count = async () => (await reader.query(`SELECT * FROM public.witness WHERE t = 'unseen'`)).length;
    await writer.execute('BEGIN');
    await writer.execute(`INSERT INTO public.witness VALUES ('unseen')`);
    assert.equal(await count(), 0);
    await writer.close();
    assert.equal(await count(), 0);
    await reader.close();
  });

  test('every legal name of a database is that database, to each of its programs', async context => {
    if (skippedAlone(context, scene())) return;
    const { server, database, execute } = scene();
    for (const hostile of hostileNames) {
      const name = `${hostile}${database}`;
      await execute(`CREATE DATABASE ${identifier(name)} TEMPLATE template0`);
      try {
        const session = await server.session(name);
        assert.deepEqual(await session.query('SELECT current_database() AS name'), [{ name }]);
        await session.close();
        const load = await server.load({ database: name });
        load.stdin.end('CREATE TABLE public.here ();\n');
        await outputOf(load);
        const dump = await outputOf(await server.dump({ database: name, args: [] }));
        assert.match(dump.toString(), /^CREATE TABLE public\.here/m);
      } finally {
        await execute(`DROP DATABASE ${identifier(name)} WITH (FORCE)`);
      }
    }
  });

  test('a database that is not there rejects, and so does its dump', async () => {
    const { server, database } = scene();
    await rejection(server.session(`no-${database}`));
    const program = await server.dump({ database: `no-${database}`, args: [] });
    program.stdout.resume();
    await rejection(program.done);
  });
}
