import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterFile } from './after-file.ts';
import { type ProgramOptions, type ProgramResult, type RunningProgram, startProgram } from './run-program.ts';

const main = resolve(import.meta.dirname, '../../src/main.ts');

export interface CliOptions extends ProgramOptions {
  /** Added to a clean environment; the user's own PG*, DOCKER_* and the like never get in. */
  readonly env?: Record<string, string | undefined>;
}

/** Runs the tool as a user does, to its end, whatever its exit code. Without a terminal. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<ProgramResult> {
  return startCli(args, options).finished;
}

/** Starts the tool, for tests that send it a signal or watch it work. */
export function startCli(args: readonly string[], options: CliOptions = {}): RunningProgram {
  const { env, ...rest } = options;
  const argv = [process.execPath, main, ...args];
  return startProgram(argv, { timeout: 300_000, ...rest, env: { ...cleanEnv(), ...env } });
}

/** The environment of a user who has configured nothing. */
export function cleanEnv(): Record<string, string> {
  home ??= makeHome();
  return {
    PATH: process.env.PATH ?? '',
    HOME: home,
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    DBO_STAGE: process.env.DBO_STAGE ?? '',
    // Half of what a start costs is reading the sources, hundreds of times in a run of the tests.
    ...(process.env.DBO_STAGE && { NODE_COMPILE_CACHE: join(process.env.DBO_STAGE, 'compile-cache') }),
  };
}

let home: string | undefined;

/** No .pgpass, .psqlrc or docker context of the person who runs the tests. */
function makeHome(): string {
  const folder = mkdtempSync(join(process.env.DBO_STAGE ?? tmpdir(), 'dbo-home-'));
  afterFile(async () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
