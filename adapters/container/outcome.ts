import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';
import { ClientFailure } from '../../src/contract/adapter.ts';
import { statusOf } from './connect.ts';
import { whyUnusable } from './container-state.ts';
import type { Place } from './find-container.ts';
import type { Timing } from './timing.ts';

export interface Ending {
  readonly program: string;
  readonly place: Place;
  readonly exec: Docker.Exec;
  /** Whether the mark came after all output. */
  readonly whole: boolean;
  /** What we know already about why it could not end by itself. */
  readonly lost: string | undefined;
  readonly stderr: string;
}

/** Undefined when the program succeeded and all its output arrived; never rejects. */
export async function failureOf(ending: Ending, { afterEnd }: Timing): Promise<ClientFailure | undefined> {
  const { program, place, exec, whole, lost, stderr } = ending;
  const failed = (exitCode: number | null, reason?: string) =>
    new ClientFailure(program, exitCode, [reason, stderr].filter(Boolean).join('\n'));
  if (lost !== undefined) return failed(null, lost);

  for (let look = 0; ; look += 1) {
    const last = look >= afterEnd.times;
    const exit = await exitOf(exec);
    if (whole && typeof exit === 'number') {
      if (exit === 0) return undefined;
      // How a shell reports a signal.
      return exit > 128 ? failed(null, `ended by signal ${exit - 128}`) : failed(exit);
    }
    const happened = await whyUnusable(place);
    if (happened !== undefined) return failed(null, happened);
    if (last) return failed(null, typeof exit === 'string' ? exit : cut);
    await delay(afterEnd.every);
  }
}

const cut = 'the connection to the Docker engine was cut';

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
