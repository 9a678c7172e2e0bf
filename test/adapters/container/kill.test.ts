import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { OrchestrateError } from '../../../src/errors.ts';
import { afterFile } from '../../stage/after-file.ts';
import { type Container, startContainer } from '../../stage/containers.ts';
import { startProgram } from '../../stage/run-program.ts';
import { waitUntil } from '../../stage/wait-until.ts';
import {
  crashes,
  failureOf,
  fillTable,
  flowing,
  nothingLeft,
  type Programs,
  programsIn,
  sql,
} from './fixture.ts';

let container: Container;
let programs: Programs;

before(async () => {
  container = await startContainer();
  programs = await programsIn(container);
  await fillTable(container, 100);
  await sql(programs, 'CREATE TABLE witness ()');
});
afterFile(async () => assert.equal(await crashes(container), 0, 'PostgreSQL must not be disturbed'));

/** Until a session of ours does what it is expected to. */
async function backendIn(state: string): Promise<void> {
  await waitUntil(state, async () => {
    const select = `SELECT 1 FROM pg_stat_activity WHERE ${state}`;
    const found = await container.exec(['psql', '-XAtU', container.user, '-c', select, container.database]);
    return found.stdout.startsWith('1');
  });
}

test('kill ends a dump in full flow', async () => {
  const program = await programs.dump();
  await flowing(program);
  program.kill();
  await failureOf(program);
  await nothingLeft(container);
});

test('an input that breaks off is not taken for one that ended', async () => {
  await sql(programs, 'CREATE TABLE broken_off (n int)');
  const program = await programs.psql();
  program.stdout.resume();
  program.stdin.write(`COPY broken_off FROM stdin;\n${'1\n'.repeat(10_000)}`);
  await backendIn(`query LIKE 'COPY broken_off%'`);
  program.stdin.destroy(new Error('the file could not be read'));
  await failureOf(program);
  await nothingLeft(container);
  assert.equal(await sql(programs, 'SELECT count(*) FROM broken_off'), '0\n');
});

test('a program whose reader goes away ends', async () => {
  const program = await programs.dump();
  for await (const _ of program.stdout) break;
  await failureOf(program);
  await nothingLeft(container);
});

test('a program that does not listen is ended all the same', async () => {
  const stubborn = await programsIn(container, { timing: { insistAfter: [100, 200, 300] } });
  const program = await stubborn.psql();
  program.stdin.write('SELECT 1;\n');
  await flowing(program);
  const { stdout } = await container.exec(['ps', '-C', 'psql', '-o', 'pid=']);
  // A stopped process takes neither SIGINT nor SIGTERM; only SIGKILL ends it.
  await container.exec(['kill', '-STOP', stdout.trim()]);
  program.kill();
  await failureOf(program);
  await nothingLeft(container);
});

test('a run that is aborted while a program starts leaves none', async () => {
  for (const turns of [0, 1, 5, 20]) {
    const controller = new AbortController();
    const aborted = await programsIn(container, { signal: controller.signal });
    const starting = aborted.dump().then(
      program => program,
      error => error,
    );
    for (let turn = 0; turn < turns; turn += 1) await new Promise(resolve => setImmediate(resolve));
    const reason = new OrchestrateError('interrupted', 'interrupted by SIGTERM', { exitCode: 143 });
    controller.abort(reason);
    const outcome = await starting;
    // On a quick machine it may have been started already.
    if (outcome !== reason) await failureOf(outcome);
  }
  await nothingLeft(container);
});

for (const [what, program] of [
  ['a dump', 'dump'],
  ['a load', 'psql'],
] as const) {
  test(`SIGKILL of our own process ends ${what} in the container`, async () => {
    const own = startProgram([
      process.execPath,
      `${import.meta.dirname}/start-and-wait.ts`,
      ...[container.engine.host, container.name, container.user, container.database, program],
    ]);
    await waitUntil('the program runs', () => own.stdoutSoFar() !== '' || own.child.exitCode !== null);
    assert.equal(own.stdoutSoFar(), 'running\n', own.stderrSoFar());
    own.kill('SIGKILL');
    await own.finished;
    await nothingLeft(container);
  });
}
