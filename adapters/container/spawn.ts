import { randomBytes } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import type { ClientCall, Spawn } from '../../src/contract/adapter.ts';
import type { RunContext } from '../../src/contract/run-context.ts';
import { words, wrapped } from '../../src/elsewhere/wrapper.ts';
import { interruption, OrchestrateError } from '../../src/errors.ts';
import { type Started, startExec } from './exec.ts';
import type { Place } from './place.ts';
import { Program } from './program.ts';
import { type Timing, usualTiming } from './timing.ts';

/**
 * Starts client programs inside a container. `connection` (PGUSER, PGPASSWORD) is added to their environment.
 * Rejects with `no-client` when the program is not there, `unreachable` when nothing can be started.
 */
export function containerSpawn(
  place: Place,
  connection: Readonly<Record<string, string>>,
  { signal }: Pick<RunContext, 'signal'>,
  timing: Timing = usualTiming,
): Spawn {
  return async call => {
    // Not refused once the run is interrupted: cleaning up needs programs too.
    const cleaningUp = signal.aborted;
    const mark = randomBytes(16).toString('hex');
    const starting = startExec(place, wrapped(call, mark), { ...connection, ...call.env });
    const started = await unlessAborted(starting, signal);
    const program = new Program(place, started, mark, call.program, call.input, timing);
    const kill = () => program.kill();
    signal.addEventListener('abort', kill);
    try {
      await begun(program, call, place);
    } catch (error) {
      throw signal.aborted && !cleaningUp ? interruption(signal) : error;
    } finally {
      signal.removeEventListener('abort', kill);
    }
    if (call.output) pipeline(program.stdout, call.output).catch(() => program.kill());
    return program;
  };
}

/** An engine that does not answer must not keep an interrupted run. */
function unlessAborted(starting: Promise<Started>, signal: AbortSignal): Promise<Started> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      reject(interruption(signal));
      starting.then(({ socket }) => socket.destroy()).catch(() => undefined);
    };
    signal.addEventListener('abort', abort);
    starting.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** Waits for the wrapper's first word; little output before it is none of the program's. */
async function begun(program: Program, { program: name }: ClientCall, place: Place): Promise<void> {
  const { announced, flowing, closed } = program.channel;
  const word = await Promise.race([announced, flowing, closed]);
  if (word !== undefined && word !== words.missing) return;
  const failure = await program.done.then(
    () => undefined,
    error => error,
  );
  if (word === words.missing) throw missing(name, `there is no ${name} in container ${place.name}`);
  // The engine tells on stdout, as if it were output, that there is no sh to wrap anything in.
  const text = String(program.stdout.read() ?? '').trim();
  if (/executable file not found|no such file or directory/.test(text))
    throw missing(name, `there is no shell in container ${place.name} to start ${name} with`);
  throw new OrchestrateError('unreachable', failure?.message ?? `${name} ended before it began`, {
    cause: failure,
    hint: `See the state of the container with: docker ps --all --filter name=${place.name}`,
  });
}

function missing(name: string, message: string): OrchestrateError {
  return new OrchestrateError('no-client', message, {
    hint: `Use an image that has ${name}, or reach the database from this host with the adapter local-hybrid.`,
  });
}
