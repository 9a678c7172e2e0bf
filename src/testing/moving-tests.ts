import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { ClientFailure, type ClientProcess } from '../contract/adapter.ts';
import { outputOf, rejection, type Scene, skippedAlone, until } from './scene.ts';

const megabyte = 'x'.repeat(1023).concat('\n').repeat(1024);

export function movingTests(scene: () => Scene): void {
  test('bytes pass as they are, in and out', async () => {
    const { server, database, execute } = scene();
    const text = ['a\\r\\nb', '\\u0004', 'ä€😀', '\\t\\\\', ''].map(one => `(E'${one}')`).join();
    await execute(
      `CREATE TABLE public.texts (t text); INSERT INTO public.texts VALUES ${text};
      CREATE FUNCTION public.two_lines() RETURNS text LANGUAGE sql AS E'SELECT\\r\\n\\'x\\''`,
      database,
    );
    const first = await outputOf(await server.dump({ database, args: ['-O', '-x'] }));
    assert.match(first.toString(), /\n-- PostgreSQL database dump complete\n/);
    assert.ok(first.includes('SELECT\r\n'), 'line ends stay as they are');
    await execute('DROP FUNCTION public.two_lines; DROP TABLE public.texts, public.witness', database);
    const load = await server.load({ database });
    const [, output] = await Promise.all([
      pipeline(Readable.from([plain(first)]), load.stdin),
      outputOf(load),
    ]);
    assert.match(output.toString(), /^(?:COPY|INSERT 0) 5$/m, 'the tags of commands are its output');
    const second = await outputOf(await server.dump({ database, args: ['-O', '-x'] }));
    assert.deepEqual(plain(second), plain(first));
  });

  test('stderr never reaches the output, and its end is told of a failure', async () => {
    const { server, database } = scene();
    const verbose = await outputOf(await server.dump({ database, args: ['--verbose', '--schema-only'] }));
    assert.ok(verbose.toString().startsWith('--\n-- PostgreSQL database dump\n'));
    assert.ok(!verbose.includes('pg_dump: '));
    const program = await server.dump({ database, args: ['--table=nowhere'] });
    assert.equal((await program.stdout.toArray()).length, 0);
    const failure = await failureOf(program);
    assert.equal(failure.exitCode, 1);
    assert.match(failure.stderr, /no matching tables/);
  });

  test('SQL text stops at its first error', async () => {
    const { server, database, execute } = scene();
    const load = await server.load({ database });
    load.stdout.resume();
    load.stdin.end('SELECT 1;\nSELECT the_error;\nCREATE TABLE public.never ();\n');
    const failure = await failureOf(load);
    assert.equal(failure.exitCode, 3);
    assert.match(failure.stderr, /the_error/);
    await execute('CREATE TABLE public.never (); DROP TABLE public.never', database);
  });

  test('what nobody reads is not read ahead, and what nobody takes is not written ahead', {
    timeout: 120_000,
  }, async context => {
    if (skippedAlone(context, scene())) return;
    const { database, open, sessions, execute } = scene();
    const { server, run } = await open();
    await execute(
      `INSERT INTO public.witness SELECT repeat(md5(n::text), 3000) FROM generate_series(1, 400) n`,
      database,
    );
    const dump = await server.dump({ database, args: [] });
    await until(
      'pg_dump waits for its reader',
      async () => (await sessions(run, `wait_event = 'ClientWrite'`)) > 0,
    );
    const whole = await outputOf(dump);
    assert.ok(whole.length > 400 * 3000 * 32, `${whole.length} bytes: ${whole.subarray(0, 3000)}`);

    const load = await server.load({ database });
    load.stdout.resume();
    load.stdin.on('error', () => undefined);
    load.stdin.write('SELECT pg_sleep(1000);\n');
    await until('psql waits', async () => (await sessions(run, `wait_event = 'PgSleep'`)) > 0);
    let written = 0;
    while (written < 64) {
      written += 1;
      if (load.stdin.write(megabyte)) continue;
      if (!(await Promise.race([once(load.stdin, 'drain'), delay(1000)]))) break;
    }
    assert.ok(written < 64, 'nobody takes it, yet 64 megabytes were written');
    load.kill();
    await failureOf(load);
    await execute('TRUNCATE public.witness', database);
    await server.close();
  });

  test('rows are copied out to a stream, which ends with them', async context => {
    if (skippedAlone(context, scene())) return;
    const { server, database } = scene();
    const output = new PassThrough();
    const program = await server.copyOut!({
      database,
      commands: ['\\echo first', 'COPY (SELECT generate_series(1, 3)) TO STDOUT'],
      output,
    });
    const chunks = await output.toArray();
    await program.done;
    assert.equal(Buffer.concat(chunks).toString(), 'first\n1\n2\n3\n');
  });

  test('an archive is unpacked to its text', async context => {
    const { server, database } = scene();
    if (skippedAlone(context, scene())) return;
    const archive = await outputOf(await server.dump({ database, args: ['--format=custom'] }));
    const program = await server.unpack();
    program.stdin.end(archive);
    assert.match((await outputOf(program)).toString(), /^CREATE TABLE public\.witness/m);
  });

  test('roles and tablespaces are told, where it has a program for them', async () => {
    const { server } = scene();
    const program = await server.dumpGlobals?.({ passwords: false });
    if (program) assert.match((await outputOf(program)).toString(), /^CREATE ROLE /m);
  });
}

/** Without the lines that change from dump to dump, and that psql of older releases does not know. */
function plain(dump: Buffer): string {
  return dump.toString().replaceAll(/^\\(un)?restrict .*\n/gm, '');
}

async function failureOf(program: ClientProcess): Promise<ClientFailure> {
  const failure = await rejection(program.done);
  assert.ok(failure instanceof ClientFailure, `expected a ClientFailure, got ${failure.stack}`);
  return failure;
}
