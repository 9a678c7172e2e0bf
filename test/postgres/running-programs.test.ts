import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, test } from 'node:test';
import type { ClientCall, ClientProcess } from '../../src/contract/adapter.ts';
import { runningPrograms } from '../../src/postgres/running-programs.ts';

const call: ClientCall = { program: 'pg_dump', args: [], input: false };

/** A program that runs until it is killed. */
function endless(): ClientProcess {
  const { promise, reject } = Promise.withResolvers<void>();
  promise.catch(() => undefined);
  const kill = () => reject(new Error('killed'));
  return { stdin: new PassThrough(), stdout: new PassThrough(), done: promise, kill };
}

describe('a client program', () => {
  test('ends when the run is interrupted', async () => {
    const controller = new AbortController();
    const { watched } = runningPrograms(controller.signal);
    const program = await watched(async () => endless())(call);
    controller.abort();
    await assert.rejects(program.done, /killed/);
  });

  test('that was being started when the run was interrupted ends as well', async () => {
    const controller = new AbortController();
    const { watched } = runningPrograms(controller.signal);
    const program = await watched(async () => {
      controller.abort();
      return endless();
    })(call);
    await assert.rejects(program.done, /killed/);
  });

  test('that is started after the interruption, to clean up, is let be until the server is closed', async () => {
    const { watched, end } = runningPrograms(AbortSignal.abort());
    const program = await watched(async () => endless())(call);
    assert.equal(await Promise.race([program.done, 'it runs']), 'it runs');
    await end();
    await assert.rejects(program.done, /killed/);
  });

  test('that was being started when the server was closed ends as well', async () => {
    const { watched, end } = runningPrograms(new AbortController().signal);
    const started = Promise.withResolvers<ClientProcess>();
    const starting = watched(() => started.promise)(call);
    await end();
    started.resolve(endless());
    await assert.rejects((await starting).done, /killed/);
  });
});
