import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { pgliteAdapter } from '../../../adapters/pglite/adapter.ts';
import { ClientFailure, type Server } from '../../../src/contract/adapter.ts';
import { outputOf, rejection } from '../../../src/testing/scene.ts';
import { projectFolder } from '../../stage/project-folder.ts';
import { inFolder } from './folder.ts';

describe('what runs in PGlite', { timeout: 300_000 }, () => {
  let project: string;
  let controller: AbortController;
  let server: Server;
  const open = () => {
    controller = new AbortController();
    const emit = () => undefined;
    const run = {
      id: '0badcafe',
      signal: controller.signal,
      now: () => new Date(),
      env: {},
      cwd: project,
      emit,
    };
    return pgliteAdapter.open({ folder: 'data', database: 'postgres' }, run);
  };
  const count = async () => {
    const session = await server.session('postgres');
    const [row] = await session.query<{ n: number }>('SELECT count(*)::int AS n FROM public.t');
    await session.close();
    return row!.n;
  };

  before(async () => {
    project = projectFolder();
    await inFolder(project, 'CREATE TABLE t (t text)');
    server = await open();
  });
  after(() => server.close());

  const loads: readonly (readonly [what: string, sql: string])[] = [
    [
      'is at a statement',
      "INSERT INTO public.t VALUES ('lost');\nBEGIN;\nINSERT INTO public.t VALUES ('lost');\nSELECT pg_sleep(1000);\n",
    ],
    ['waits for more', "BEGIN;\nINSERT INTO public.t VALUES ('lost');\n"],
    ['is in the middle of many rows', `COPY public.t FROM stdin;\n${`${'x'.repeat(1000)}\n`.repeat(9_000)}`],
  ];
  for (const [what, sql] of loads) {
    test(`a load that ${what} commits nothing more once it is killed`, async () => {
      const load = await server.load({ database: 'postgres' });
      load.stdin.on('error', () => undefined);
      load.stdin.write(sql);
      await delay(1_000);
      load.kill();
      assert.ok((await rejection(load.done)) instanceof ClientFailure);
      assert.equal(await count(), what === 'is at a statement' ? 1 : 0);
      await inSession('TRUNCATE public.t');
    });
  }

  test('rows that come in several parts are one COPY', async () => {
    const load = await server.load({ database: 'postgres' });
    load.stdin.end(
      `COPY public.t FROM stdin;\n${`${'x'.repeat(1000)}\n`.repeat(9_000)}\\.\nSELECT 'then';\n`,
    );
    assert.equal((await outputOf(load)).toString(), 'COPY 9000\nthen\n');
    assert.equal(await count(), 9_000);
  });

  test('a dump that nobody reads ends when it is killed', async () => {
    const dump = await server.dump({ database: 'postgres', args: [] });
    await delay(500);
    dump.kill();
    assert.ok((await rejection(dump.done)) instanceof ClientFailure);
    assert.equal(await count(), 9_000);
  });

  test('an interruption ends it, and what cleans up after it is let be', async () => {
    const session = await server.session('postgres');
    const load = await server.load({ database: 'postgres' });
    load.stdin.on('error', () => undefined);
    load.stdin.write('SELECT pg_sleep(1000);\n');
    await delay(500);
    controller.abort();
    await Promise.all([rejection(load.done), rejection(session.query('SELECT 1 AS n'))]);
    assert.equal(await count(), 9_000);
  });

  test('it ends with the server, which can be closed twice', async () => {
    const load = await server.load({ database: 'postgres' });
    load.stdin.on('error', () => undefined);
    load.stdin.write('SELECT pg_sleep(1000);\n');
    await delay(500);
    await Promise.all([server.close(), rejection(load.done)]);
    await server.close();
    server = await open();
    assert.equal(await count(), 9_000);
  });

  async function inSession(sql: string): Promise<void> {
    const session = await server.session('postgres');
    await session.execute(sql);
    await session.close();
  }
});
