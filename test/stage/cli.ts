import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Writable } from 'node:stream';
import type { Outputs } from '../../src/report/reporter.ts';
import { runTool } from '../../src/run-tool.ts';
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

/**
 * The tool's command line without a process of its own, which costs more than most commands do: for tests that neither
 * signal nor kill it, nor look at its memory.
 */
export async function callCli(
  args: readonly string[],
  { cwd, env }: Pick<CliOptions, 'cwd' | 'env'>,
): Promise<ProgramResult> {
  const [stdout, stderr] = [new Collector(), new Collector()];
  const set = Object.entries({ ...cleanEnv(), ...env }).filter(([, value]) => value !== undefined);
  const exitCode = await runTool(args, {
    outputs: { stdout, stderr } as unknown as Outputs,
    env: Object.fromEntries(set),
    cwd: cwd ?? process.cwd(),
    signals: { interruption: new AbortController().signal, receiver: undefined },
  });
  const bytes = stdout.bytes();
  return { exitCode, signal: null, stdout: bytes.toString(), stderr: stderr.bytes().toString(), bytes };
}

/** Takes what is written, as no terminal does. */
class Collector extends Writable {
  readonly #chunks: Buffer[] = [];

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#chunks.push(chunk);
    done();
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }
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
