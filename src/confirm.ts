import { isatty } from 'node:tty';
import { interruption, OrchestrateError } from './errors.ts';

/** Asks a person on the terminal. Rejects with `refused` when there is none, or when the answer is not yes. */
export async function confirm(question: string, signal: AbortSignal): Promise<void> {
  if (!canAsk()) {
    const hint = 'Add --force to go on without being asked.';
    throw new OrchestrateError('refused', 'a confirmation is needed, and there is no terminal to ask on', {
      hint,
    });
  }
  const answer = await ask(`${question} [y/N] `, signal);
  if (!/^y(es)?$/i.test(answer.trim()))
    throw new OrchestrateError('refused', 'not confirmed; nothing was changed');
}

/** What would be replaced stands on stderr: who cannot read it cannot agree to it. */
export function canAsk(): boolean {
  return isatty(0) && isatty(2); // looked at anew: the terminal of a long run may have been closed
}

async function ask(question: string, signal: AbortSignal): Promise<string> {
  const { createInterface } = await import('node:readline/promises'); // few commands ask
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await new Promise((resolve, reject) => {
      // The terminal is in raw mode while it waits: Ctrl-C is a letter, and Ctrl-D closes without an answer.
      terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
      terminal.on('close', () => resolve(''));
      signal.addEventListener('abort', () => reject(interruption(signal)));
      terminal.question(question).then(resolve, reject);
    });
  } finally {
    terminal.close();
  }
}
