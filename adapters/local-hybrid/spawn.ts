import { join } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ClientFailure, type ClientProcess, type Spawn } from '../../src/contract/adapter.ts';
import { hostProgram } from '../../src/host-program.ts';
import { deadManSwitch } from './dead-man-switch.ts';

const stderrTail = 4096;
const killAfter = { terminate: 1_000, kill: 5_000 }; // milliseconds

/** Starts client programs of one folder on this host, with exactly the given environment. */
export function hostSpawn(directory: string, environment: Readonly<Record<string, string>>): Spawn {
  return async ({ program, args, env, input, output }) => {
    const start = await hostProgram();
    const path = join(directory, program);
    const [file, ...argv] = input ? [path, ...args] : ['/bin/sh', '-c', deadManSwitch, 'sh', path, ...args];
    const child = start(file!, argv, {
      env: { ...environment, ...env },
      extendEnv: false,
      stdin: 'pipe',
      stdout: (descriptorOf(output) ?? 'pipe') as 'pipe',
      buffer: false,
      forceKillAfterDelay: false, // would end the script alone; `kill` insists by itself
    });

    if (output) handOver(child.stdout, output, () => child.kill('SIGTERM'));
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-stderrTail);
    });
    const done = (async () => {
      const result = await child;
      if (result.failed)
        throw new ClientFailure(
          program,
          result.exitCode ?? null,
          stderr || result.signalDescription || result.originalMessage || '',
        );
    })();
    done.catch(() => undefined);

    const process: ClientProcess = {
      stdin: child.stdin,
      stdout: output ? Readable.from([]) : child.stdout!,
      done,
      kill() {
        // pg_dump cancels its query on SIGTERM; psql does so only on SIGINT, and waits for more input after it.
        child.kill(program === 'psql' ? 'SIGINT' : 'SIGTERM');
        child.stdin.destroy();
        const timers = [
          setTimeout(() => child.kill('SIGTERM'), killAfter.terminate),
          setTimeout(() => child.kill(input ? 'SIGKILL' : 'SIGUSR1'), killAfter.kill),
        ];
        const stop = () => timers.forEach(clearTimeout);
        done.then(stop, stop);
      },
    };
    return process;
  };
}

/** Of the pipe behind a stream, such as another program's stdin; undefined where there is none. */
function descriptorOf(output: Writable | undefined): number | undefined {
  const fd = (output as { _handle?: { fd?: number } } | undefined)?._handle?.fd;
  return fd !== undefined && fd >= 0 ? fd : undefined;
}

/** A pipe that the program has been given is closed on our side, or its reader would never see the end. */
function handOver(from: Readable | null, output: Writable, giveUp: () => void): void {
  if (from) pipeline(from, output).catch(giveUp);
  else output.destroy();
}
