import { PassThrough, Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ClientFailure, type ClientProcess } from '../../src/contract/adapter.ts';
import { OrchestrateError } from '../../src/errors.ts';
import { createStatementCutter } from './statement-cutter.ts';
import type { Holder, Turns } from './turns.ts';

/** Does what pg_dump does; its whole text is in memory before the first byte of it can be read. */
export function dumpProgram(turns: Turns, holder: Holder, args: readonly string[]): ClientProcess {
  const stdout = new PassThrough();
  let killed = false;
  const work = async () => {
    const { text, stderr, exitCode } = await turns.dump(holder, args);
    await turns.leave(holder);
    if (exitCode !== 0) stdout.end();
    if (exitCode !== 0) throw new ClientFailure('pg_dump', exitCode, stderr);
    await pipeline(Readable.from(slices(text), { objectMode: false }), stdout);
  };
  const done = work().catch(error => {
    stdout.destroy();
    throw error instanceof ClientFailure && !killed ? error : failure('pg_dump', error);
  });
  done.catch(() => undefined);
  stdout.on('error', () => undefined);
  const stdin = new Writable({ write: (_chunk, _encoding, taken) => taken() }).end();
  return {
    stdin,
    stdout,
    done,
    kill() {
      killed = true;
      stdout.destroy();
      void turns.leave(holder);
    },
  };
}

/** Does what psql does with SQL text: executes it while it comes in, and stops at the first error. */
export function loadProgram(turns: Turns, holder: Holder): ClientProcess {
  const stdout = new PassThrough();
  const cutter = createStatementCutter();
  const execute = async (chunk: Buffer) => {
    const pieces = cutter.push(chunk);
    if (pieces.length === 0) return;
    const { output, failure } = await turns.run(holder, pieces, true);
    stdout.write(output);
    if (failure) throw new ClientFailure('psql', stoppedAtError, failure.text);
  };
  const stdin = new Writable({
    write(chunk: Buffer, _encoding, taken) {
      execute(chunk).then(() => taken(), taken);
    },
    final(taken) {
      const end = async () => cutter.end();
      end().then(() => taken(), taken);
    },
  });
  const finished = new Promise<void>((resolve, reject) => {
    stdin
      .once('finish', resolve)
      .once('error', reject)
      .once('close', () => reject(new Error('its input broke off')));
  });
  const done = finished
    .finally(() => turns.leave(holder))
    .catch(error => {
      throw failure('psql', error);
    })
    .finally(() => stdout.end());
  done.catch(() => undefined);
  return {
    stdin,
    stdout,
    done,
    kill() {
      stdin.destroy();
      void turns.leave(holder);
    },
  };
}

/** Of psql with ON_ERROR_STOP. */
const stoppedAtError = 3;

/** What went wrong in the words of the program that is not there. */
function failure(program: string, error: Error): ClientFailure {
  if (error instanceof ClientFailure) return error;
  if (error instanceof OrchestrateError) return new ClientFailure(program, stoppedAtError, error.message);
  return new ClientFailure(program, null, error.message);
}

function* slices(text: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < text.length; at += slice) yield text.subarray(at, at + slice);
}

const slice = 64 * 1024; // bytes
