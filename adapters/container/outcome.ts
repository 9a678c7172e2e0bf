import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';
import { ClientFailure } from '../../src/contract/adapter.ts';
import { statusOf } from './connect.ts';
import { whyUnusable } from './container-state.ts';
import type { Place } from './place.ts';
import type { Timing } from './timing.ts';

export interface Ending {
  readonly program: string;
  readonly place: Place;
  readonly exec: Docker.Exec;
  /** Whether the wrapper told that it starts the program. */
  readonly begun: boolean;
  /** Whether the mark came after all output. */
  readonly whole: boolean;
  /** Why we ourselves gave it up. */
  readonly lost: string | undefined;
  /** What the connection broke off with, if it did not just end. */
  readonly broken: string | undefined;
  readonly stderr: string;
}

/** Undefined when the program succeeded and all its output arrived; never rejects. */
export async function failureOf(ending: Ending, { afterEnd }: Timing): Promise<ClientFailure | undefined> {
  const { program, place, exec, begun, whole, lost, broken, stderr } = ending;
  const failed = (exitCode: number | null, reason?: string) =>
    new ClientFailure(program, exitCode, [reason, stderr].filter(Boolean).join('\n'));
  if (lost !== undefined) return failed(null, lost);

  for (let look = 0; ; look += 1) {
    const exit = await exitOf(exec);
    if (whole && exit === 0) return undefined;
    // Without a mark the code is not the program's. The engine gives 126 also to what it lost the connection to. After a
    // mark the wrapper may have been killed all the same, with its container.
    const bySignal = typeof exit === 'number' && exit > 128;
    const certain = typeof exit === 'number' && (whole ? !bySignal : !begun);
    const happened = certain ? undefined : await whyUnusable(place);
    if (happened !== undefined) return failed(null, happened);
    // Without a mark only the end of a container kills the wrapper, and the engine may take seconds to notice that end.
    const patience = bySignal && !whole ? 5 * afterEnd.times : afterEnd.times;
    if (certain || look >= patience) return typeof exit === 'string' ? failed(null, exit) : ended(exit);
    await delay(afterEnd.every);
  }

  function ended(exit = 0): ClientFailure {
    // How a shell reports a signal.
    if (exit > 128) return failed(null, `ended by signal ${exit - 128}`);
    if (whole || (!begun && exit > 0)) return failed(exit);
    return failed(null, `the connection to the Docker engine was cut${broken ? `: ${broken}` : ''}`);
  }
}

/** The exit code; `undefined` while the engine takes the program for running; a text when it does not know it. */
async function exitOf(exec: Docker.Exec): Promise<number | string | undefined> {
  try {
    const { Running, ExitCode } = await exec.inspect();
    // After a cut connection: Running true, ExitCode null.
    return Running || ExitCode === null ? undefined : ExitCode;
  } catch (error) {
    return statusOf(error) === 404
      ? 'the Docker engine was restarted'
      : `the Docker engine no longer answers: ${(error as Error).message}`;
  }
}
