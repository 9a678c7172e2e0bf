import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { ClientFailure, type ClientProcess, type Spawn } from '../../src/contract/adapter.ts';
import { descriptorOf, handOver } from '../../src/hand-over.ts';
import { hostProgram } from '../../src/host-program.ts';
import { deadManSwitch } from './dead-man-switch.ts';
import { largerWrites } from './larger-writes.ts';

const stderrTail = 4096;
const killAfter = { again: 1_000, terminate: 3_000, kill: 6_000 }; // milliseconds

/** Starts client programs of one folder on this host, with exactly the given environment. */
export function hostSpawn(directory: string, environment: Readonly<Record<string, string>>): Spawn {
  let wrapping: Promise<readonly string[]> | undefined;
  return async ({ program, args, env, input, output }) => {
    const start = await hostProgram();
    if (output) wrapping ??= largerWrites(environment);
    const command = [...(output ? await wrapping! : []), join(directory, program), ...args];
    const [file, ...argv] = input ? command : ['/bin/sh', '-c', deadManSwitch, 'sh', ...command];
    const child = start(file!, argv, {
      env: { ...environment, ...env },
      extendEnv: false,
      stdin: 'pipe',
      stdout: (descriptorOf(output) ?? 'pipe') as 'pipe',
      buffer: false,
      forceKillAfterDelay: false, // would end the script alone; `kill` insists by itself
    });

    if (output) handOver(child.stdout, output, () => child.kill('SIGTERM'));
    const held = output ? undefined : holding(child.stdout!);
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-stderrTail);
    });
    let killed = false;
    const done = (async () => {
      const result = await child;
      // Whoever was given the pipe behind stdin closed our end of it.
      const handedOver = child.stdin.destroyed && !killed && child.stdout?.readableEnded;
      if (result.failed && !(result.exitCode === 0 && handedOver))
        throw new ClientFailure(
          program,
          result.exitCode ?? null,
          stderr || result.signalDescription || result.originalMessage || '',
        );
    })();
    done.catch(() => undefined);

    const process: ClientProcess = {
      stdin: child.stdin,
      stdout: held ?? Readable.from([]),
      done,
      kill() {
        killed = true;
        // pg_dump cancels its query on SIGTERM; psql does so only on SIGINT, and waits for more input after it.
        const ask = () => child.kill(program === 'psql' ? 'SIGINT' : 'SIGTERM');
        ask();
        child.stdin.destroy();
        if (held) letGo(child.stdout!, held);
        const timers = [
          // The first may have come before a statement that was already on its way.
          setTimeout(ask, killAfter.again),
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

/** execa throws away output that nobody reads right from the start. */
function holding(stdout: Readable): PassThrough {
  const held = new PassThrough();
  held.on('error', () => undefined).once('close', () => held.writableFinished || stdout.destroy());
  stdout.once('close', () => held.end()).pipe(held);
  return held;
}

/** A program that nobody reads from could not even end. */
function letGo(stdout: Readable, held: PassThrough): void {
  stdout.unpipe(held).resume();
  held.end();
}
