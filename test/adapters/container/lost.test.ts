import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';
import { failureOf as outcome } from '../../../adapters/container/outcome.ts';
import { usualTiming } from '../../../adapters/container/timing.ts';
import type { ClientProcess } from '../../../src/contract/adapter.ts';
import { afterFile } from '../../stage/after-file.ts';
import { type Container, startContainer } from '../../stage/containers.ts';
import { waitUntil } from '../../stage/wait-until.ts';
import { cutProxy } from './cut-proxy.ts';
import {
  crashes,
  failureOf,
  fillTable,
  flowing,
  nothingLeft,
  programsIn,
  refusalOf,
  sql,
} from './fixture.ts';

let container: Container;
/** A short silence is enough here; nothing that is waited for depends on it. */
const timing = { lookAfterSilence: 100 };

before(async () => {
  container = await startContainer();
  await fillTable(container, 60);
});
afterFile(async () => assert.equal(await crashes(container), 0, 'PostgreSQL must not be disturbed'));

/** A dump that will not be over for a minute, as its reader is slow. */
async function longDump(host?: string): Promise<ClientProcess> {
  const program = await (await programsIn(container, { timing, ...(host && { host }) })).dump();
  await flowing(program);
  program.stdout.pause();
  const reader = setInterval(() => program.stdout.read(), 50);
  const stop = () => {
    clearInterval(reader);
    program.stdout.resume();
  };
  program.done.then(stop, stop);
  return program;
}

/** Up again, also when an engine took a moment to notice that it was down. */
async function up(): Promise<void> {
  await waitUntil(`${container.name} is up`, async () => {
    await container.docker(['start', container.id]);
    return (await container.exec(['pg_isready', '-q', '-h', '127.0.0.1'])).exitCode === 0;
  });
}

/** What was lost must never look like a complete dump. */
async function lossOf(program: ClientProcess): Promise<string> {
  const { exitCode, stderr } = await failureOf(program);
  assert.equal(exitCode, null);
  return stderr;
}

test('a container that is killed, and stays down', async () => {
  const program = await longDump();
  await container.docker(['kill', container.id]);
  const loss = await lossOf(program);
  assert.equal(loss, `container ${container.name} was stopped (exit code 137)`);
  const refusal = await refusalOf(programsIn(container));
  assert.equal(refusal.exitCode, 3);
  assert.equal(refusal.message, `container ${container.name} is not running (exit code 137)`);
  assert.equal(refusal.hint, `Start it with: docker start ${container.name}`);
  await up();
});

test('a container that is stopped', async () => {
  const program = await longDump();
  await container.docker(['stop', '-t', '0', container.id]);
  assert.match(await lossOf(program), /was stopped/);
  await up();
});

test('a container that is restarted', async () => {
  const program = await longDump();
  await container.docker(['restart', '-t', '0', container.id]);
  assert.match(await lossOf(program), /was (stopped|restarted)/);
  await up();
  await nothingLeft(container);
});

test('a server that shuts down in good order', async () => {
  const program = await longDump();
  await container.docker(['kill', '--signal', 'INT', container.id]);
  // Whichever is first: pg_dump hears it from the server, or ends with the container.
  const { stderr } = await failureOf(program);
  assert.match(stderr, /terminating connection|server closed the connection|was stopped/);
  await container.docker(['wait', container.id]);
  await up();
});

test('a container that is paused for good', async () => {
  const programs = await programsIn(container, { timing });
  const program = await programs.psql();
  program.stdin.write('BEGIN; SELECT 1;\n');
  await flowing(program);
  await container.docker(['pause', container.id]);
  assert.equal(await lossOf(program), `container ${container.name} is paused`);
  const refusal = await refusalOf(programs.psql());
  assert.equal(refusal.message, `container ${container.name} is paused`);
  const { hint } = await refusalOf(programsIn(container));
  assert.equal(hint, `Let it go on with: docker unpause ${container.name}`);
  await container.docker(['unpause', container.id]);
  await nothingLeft(container);
});

test('a dump of a container that is paused for good', async () => {
  const program = await longDump();
  await container.docker(['pause', container.id]);
  assert.equal(await lossOf(program), `container ${container.name} is paused`);
  await container.docker(['unpause', container.id]);
  await nothingLeft(container);
});

test('a container that is paused for a moment loses nothing', async () => {
  const patient = await programsIn(container, { timing: { ...timing, looksUntilLost: 1_000_000 } });
  const waiting = await patient.psql();
  waiting.stdin.write('SELECT 1;\n');
  await flowing(waiting);
  await container.docker(['pause', container.id]);
  await container.docker(['unpause', container.id]);
  waiting.stdin.end('SELECT 2;\n');
  await waiting.done;
});

test('a query that is silent for long does not fail', async () => {
  const programs = await programsIn(container, { timing: { lookAfterSilence: 5 } });
  assert.equal(await sql(programs, `SELECT pg_sleep(2); SELECT 'awake';`), '\nawake\n');
});

test('a reader that is slow gets everything', async () => {
  const programs = await programsIn(container, { timing: { lookAfterSilence: 20 } });
  const program = await programs.dump();
  await delay(500);
  let [bytes, chunks] = [0, 0];
  for await (const chunk of program.stdout) {
    bytes += chunk.length;
    chunks += 1;
    if (chunks % 50 === 0) await delay(30);
  }
  await program.done;
  assert.ok(bytes > 59_000_000);
});

for (const [how, kind] of [
  ['in good order', 'unix'],
  ['by a reset', 'tcp'],
] as const) {
  test(`a connection to the engine that is cut ${how} in the middle of a dump`, async () => {
    const proxy = await cutProxy(container.engine.host, kind);
    const program = await longDump(proxy.host);
    proxy.cut();
    assert.match(await lossOf(program), /^the connection to the Docker engine was cut/);
    await nothingLeft(container);
  });

  test(`a connection to the engine that is cut ${how} in the middle of a load`, async () => {
    const proxy = await cutProxy(container.engine.host, kind);
    const programs = await programsIn(container, { host: proxy.host });
    await sql(programs, 'DROP TABLE IF EXISTS half; CREATE TABLE half (n int)');
    const program = await programs.psql();
    program.stdout.resume();
    program.stdin.write(`SELECT 1;\nCOPY half FROM stdin;\n${'1\n'.repeat(10_000)}`);
    await flowing(program);
    proxy.cut();
    // psql takes the end of its input for the end and succeeds: that must not become ours.
    assert.match(await lossOf(program), /^the connection to the Docker engine was cut/);
    await nothingLeft(container);
  });
}

test('an engine that goes away altogether', async () => {
  const proxy = await cutProxy(container.engine.host);
  const program = await longDump(proxy.host);
  await proxy.close();
  assert.match(await lossOf(program), /^the Docker engine no longer answers: connect E/);
  await nothingLeft(container);
});

test('an engine that falls silent', async () => {
  const proxy = await cutProxy(container.engine.host);
  const program = await (await programsIn(container, { host: proxy.host, timing })).psql();
  proxy.refuse();
  assert.match(await lossOf(program), /^the Docker engine no longer answers/);
});

test('a container that is removed', async () => {
  const removed = await startContainer();
  const program = await (await programsIn(removed, { timing })).psql();
  await removed.remove();
  assert.match(await lossOf(program), new RegExp(`^container ${removed.name} was (removed|stopped)`));
  assert.equal((await refusalOf(programsIn(removed))).message, `no container named "${removed.name}"`);
});

test('a container that is removed just when a program in it has ended', async () => {
  const removed = await startContainer();
  const { place } = await programsIn(removed);
  await removed.remove();
  const exec = { inspect: async () => ({ Running: false, ExitCode: 137 }) } as Docker.Exec;
  const ending = { program: 'psql', place, exec, begun: true, whole: true, stderr: '' };
  const failure = await outcome({ ...ending, lost: undefined, broken: undefined }, usualTiming);
  assert.match(failure!.stderr, new RegExp(`^container ${removed.name} was (removed|stopped)`));
});
