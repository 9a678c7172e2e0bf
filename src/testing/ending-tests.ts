import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClientFailure, type Server } from '../contract/adapter.ts';
import type { RunContext } from '../contract/run-context.ts';
import { rejection, type Scene, skippedAlone, until } from './scene.ts';

const timeout = 120_000;

export function endingTests(scene: () => Scene): void {
  /** Nothing of a run is left, neither on the server nor where its programs run. */
  async function nothingLeft(run: RunContext): Promise<void> {
    const { sessions, programs } = scene();
    await until('the server has no session of the run', async () => (await sessions(run)) === 0);
    let left = '';
    await until('no program is left', async () => {
      left = (await programs?.(`db-orchestrate ${run.id}`)) ?? '';
      return left === '';
    }).catch(error => {
      throw new Error(`${error.message}\n${left}`);
    });
  }

  test('kill ends a dump that nobody reads, with its backend', { timeout }, async context => {
    if (skippedAlone(context, scene())) return;
    const { open, database, sessions, execute } = scene();
    const { server, run } = await open();
    await execute(
      `INSERT INTO public.witness SELECT repeat(md5(n::text), 3000) FROM generate_series(1, 400) n`,
      database,
    );
    const program = await server.dump({ database, args: [] });
    await until(
      'it waits for its reader',
      async () => (await sessions(run, `wait_event = 'ClientWrite'`)) > 0,
    );
    program.kill();
    program.kill();
    assert.ok((await rejection(program.done)) instanceof ClientFailure);
    await nothingLeft(run);
    await execute('TRUNCATE public.witness', database);
    await server.close();
  });

  test('kill ends a dump that waits for a lock', { timeout }, async context => {
    if (skippedAlone(context, scene())) return;
    const { open, database, sessions, server: other } = scene();
    const { server, run } = await open();
    const blocker = await other.session(database);
    await blocker.execute('BEGIN');
    await blocker.execute('LOCK TABLE public.witness');
    try {
      const program = await server.dump({ database, args: [] });
      await until('it waits for the lock', async () => (await sessions(run, `wait_event_type = 'Lock'`)) > 0);
      program.kill();
      assert.ok((await rejection(program.done)) instanceof ClientFailure);
      await nothingLeft(run);
    } finally {
      await blocker.close();
    }
    await server.close();
  });

  const loads: readonly (readonly [what: string, sql: string, state: string])[] = [
    ['that waits for a statement', 'SELECT pg_sleep(10000);\n', `wait_event = 'PgSleep'`],
    [
      'that waits for more',
      'BEGIN;\nINSERT INTO public.witness VALUES (1);\n',
      `state = 'idle in transaction'`,
    ],
    [
      'in the middle of COPY',
      `COPY public.witness FROM stdin;\n${'1\n'.repeat(10_000)}`,
      `query LIKE 'COPY %'`,
    ],
  ];
  for (const [what, sql, state] of loads) {
    test(`kill ends a load ${what}, which then commits nothing`, { timeout }, async context => {
      if (skippedAlone(context, scene())) return;
      const { open, database, sessions, server: other } = scene();
      const { server, run } = await open();
      const load = await server.load({ database });
      load.stdout.resume();
      load.stdin.on('error', () => undefined);
      load.stdin.write(sql);
      await until(state, async () => (await sessions(run, state)) > 0);
      load.kill();
      assert.ok((await rejection(load.done)) instanceof ClientFailure);
      await nothingLeft(run);
      const session = await other.session(database);
      assert.deepEqual(await session.query('SELECT * FROM public.witness LIMIT 1'), []);
      await session.close();
      await server.close();
    });
  }

  test('kill after the end changes nothing', { timeout }, async () => {
    const { server, database } = scene();
    const program = await server.dump({ database, args: ['--schema-only'] });
    program.stdout.resume();
    await program.done;
    program.kill();
    await program.done;
  });

  test('an interrupted run ends its programs, and can still start those that clean up', {
    timeout,
  }, async context => {
    if (skippedAlone(context, scene())) return;
    const { open, database, sessions } = scene();
    const controller = new AbortController();
    const { server, run } = await open(controller.signal);
    const { load, session } = await busy(server, database);
    await until('it works', async () => (await sessions(run, `wait_event = 'PgSleep'`)) > 0);
    controller.abort();
    await Promise.all([rejection(load.done), rejection(session.query('SELECT 1'))]);
    await until('all have ended', async () => (await sessions(run)) === 0);
    const cleaning = await server.session(database);
    assert.deepEqual(await cleaning.query('SELECT 1 AS n'), [{ n: 1 }]);
    await server.close();
    await nothingLeft(run);
  });

  test('closing ends every session and program, and closing again is no error', {
    timeout,
  }, async context => {
    if (skippedAlone(context, scene())) return;
    const { open, database } = scene();
    const { server, run } = await open();
    const { load, session } = await busy(server, database);
    await Promise.all([server.close(), rejection(load.done)]);
    await server.close();
    await rejection(session.query('SELECT 1'));
    await nothingLeft(run);
  });
}

/** A session in a transaction, and a load that is at a long statement. */
async function busy(server: Server, database: string) {
  const session = await server.session(database);
  await session.execute('BEGIN');
  const load = await server.load({ database });
  load.stdout.resume();
  load.stdin.on('error', () => undefined);
  load.stdin.write('SELECT pg_sleep(10000);\n');
  return { session, load };
}
