import { failures, signalExitCodes } from '../errors.ts';

/** The table of exit codes as --help prints it. */
export function exitCodeTable(): string {
  const rows = [
    [0, 'done'],
    ...Object.values(failures).map(({ exitCode, meaning }) => [exitCode, meaning]),
    [Object.values(signalExitCodes).join(', '), 'interrupted (HUP, INT, TERM); cleaned up first'],
  ];
  return `Exit codes:\n${rows.map(([code, meaning]) => `  ${String(code).padEnd(15)}${meaning}\n`).join('')}`;
}
