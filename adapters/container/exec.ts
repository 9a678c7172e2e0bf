import type { Duplex } from 'node:stream';
import { finished } from 'node:stream/promises';
import type Docker from 'dockerode';
import { OrchestrateError } from '../../src/errors.ts';
import { fromEngine, statusOf } from './connect.ts';
import { whyUnusable } from './container-state.ts';
import { Demultiplexer } from './demultiplexer.ts';
import type { Place } from './place.ts';

export interface Started {
  readonly exec: Docker.Exec;
  /** What is written is the program's stdin; what is read are frames for a `Demultiplexer`. */
  readonly socket: Duplex;
}

/** Rejects with `unreachable` when nothing can be started there (any more). */
export async function startExec(
  place: Place,
  command: string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Started> {
  try {
    const exec = await place.container.exec({
      Cmd: command,
      // Not part of any argument list, and not shown by `docker inspect`.
      Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      // A terminal would turn each LF into CR LF and mix stderr into the dump.
      Tty: false,
    });
    // Without hijack output is lost, and the end of stdin never arrives.
    return { exec, socket: await exec.start({ hijack: true, stdin: true, Tty: false }) };
  } catch (error) {
    if (statusOf(error) === undefined) return fromEngine(place.connection)(error);
    const happened = await whyUnusable(place);
    throw new OrchestrateError(
      'unreachable',
      happened ?? `nothing can be started in container ${place.name}: ${(error as Error).message.trim()}`,
      { cause: error, hint: `See its state with: docker ps --all --filter id=${place.container.id}` },
    );
  }
}

export interface Output {
  readonly exitCode: number | null;
  readonly stdout: string;
}

/** Runs something short to its end. Rejects with `unreachable`. */
export async function runExec(place: Place, command: string[]): Promise<Output> {
  const { exec, socket } = await startExec(place, command);
  const chunks: Buffer[] = [];
  const output = new Demultiplexer(() => undefined).on('data', chunk => chunks.push(chunk));
  socket.on('error', error => output.destroy(error));
  socket.pipe(output);
  try {
    await finished(output);
    const { ExitCode } = await exec.inspect();
    return { exitCode: ExitCode, stdout: Buffer.concat(chunks).toString() };
  } catch (error) {
    return fromEngine(place.connection)(error);
  } finally {
    socket.destroy();
  }
}
