import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { OrchestrateError } from './errors.ts';
import { whyNotStarted } from './host-program.ts';
import type { CommandEnd } from './operations/guard.ts';
import type { Signals } from './signals.ts';

/**
 * Runs a command that a person typed, with our terminal, environment and folder, and no shell; signals are its own
 * as long as it runs. Fulfils however it ends; rejects when it cannot be started, with a shell's exit code for that.
 */
export async function runCommand(
  [program, ...args]: readonly [string, ...string[]],
  { stdout }: { stdout: 1 | 2 },
  signals: Signals,
): Promise<CommandEnd> {
  // Ctrl-C and Ctrl-\ reach every program on the terminal: sent on, the command would have them twice, and many take
  // the second for "now, without cleaning up". sudo asks the kernel whether a key or a program sent the signal; Node
  // cannot, so it is as with make and time: where there are keys, these two are theirs. Nobody sends on the others.
  const fromKeys: NodeJS.Signals[] = hasTerminal() ? ['SIGINT', 'SIGQUIT'] : [];
  let child: ChildProcess | undefined;
  let received = false;
  const receive = (signal: NodeJS.Signals) => {
    received = true;
    if (!fromKeys.includes(signal)) child?.kill(signal);
  };
  signals.interruption.throwIfAborted();
  signals.receiver = receive;
  process.on('SIGQUIT', receive); // would end us, and leave nobody to put the database back
  try {
    child = spawn(program, args, { stdio: ['inherit', stdout, 'inherit'] });
    return await ended(child);
  } catch (error) {
    throw cannotStart(program, error as NodeJS.ErrnoException);
  } finally {
    // What ended the command may still be on its way to us, and once more from npm or its like, which do send it on.
    await sleep(received ? 250 : 1);
    signals.receiver = undefined;
    process.off('SIGQUIT', receive);
  }
}

function ended(child: ChildProcess): Promise<CommandEnd> {
  return new Promise((resolve, reject) => {
    child.on('exit', (exitCode, signal) => resolve({ exitCode, signal }));
    // Also told when a running command, such as sudo, may not be sent a signal.
    child.on('error', error => child.pid === undefined && reject(error));
  });
}

/** Whether a key can send us a signal, wherever our input and output go. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}

function cannotStart(program: string, error: NodeJS.ErrnoException): OrchestrateError {
  const isMissing = error.code === 'ENOENT';
  const reason = whyNotStarted(error.code) ?? error.message;
  return new OrchestrateError('usage', `${program} cannot be started: ${reason}`, {
    cause: error,
    exitCode: isMissing ? 127 : 126,
    hint: "Nothing was run, and the backup is kept. No shell reads the command; to have one, write: db-orchestrate guard -- sh -c '…'",
  });
}
