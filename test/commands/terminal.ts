import { resolve } from 'node:path';
import { cleanEnv } from '../stage/cli.ts';
import { type RunningProgram, startProgram } from '../stage/run-program.ts';
import { waitUntil } from '../stage/wait-until.ts';

export interface Terminal extends RunningProgram {
  /** Fulfils when the screen has shown the text. */
  shows(text: string): Promise<void>;
  type(keys: string): void;
}

/** Runs the tool on a terminal of its own. Of `args` no part may need quotes. Its output is all in stdout. */
export function startOnTerminal(
  args: readonly string[],
  cwd: string,
  more: Readonly<Record<string, string>> = {},
): Terminal {
  const main = resolve(import.meta.dirname, '../../src/main.ts');
  const env = {
    ...cleanEnv(),
    TERM: 'xterm',
    NODE: process.execPath,
    MAIN: main,
    ARGS: args.join(' '),
    ...more,
  };
  // `exec`, so that script tells the tool's own exit code.
  const argv = ['script', '-q', '-e', '-c', 'exec "$NODE" "$MAIN" $ARGS', '/dev/null'];
  const program = startProgram(argv, { cwd, env, input: 'open', timeout: 120_000 });
  return {
    ...program,
    shows: text => waitUntil(`the terminal shows ${text}`, () => program.stdoutSoFar().includes(text)),
    type: keys => void program.child.stdin?.write(keys),
  };
}
