import { type ChildProcess, spawn } from 'node:child_process';
import { Readable } from 'node:stream';

export interface ProgramOptions {
  /** The whole environment of the program; this process's own when left out. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** What the program reads; without it stdin is empty. 'open' leaves it to the caller. */
  readonly input?: string | Uint8Array | Readable | 'open';
  readonly uid?: number;
  readonly gid?: number;
  /** Milliseconds after which the program is killed and the result rejects. */
  readonly timeout?: number;
}

export interface ProgramResult {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** stdout as UTF-8. */
  readonly stdout: string;
  readonly stderr: string;
  /** stdout, byte for byte. */
  readonly bytes: Buffer;
}

export interface RunningProgram {
  readonly child: ChildProcess;
  readonly pid: number;
  kill(signal?: NodeJS.Signals): void;
  /** What it has written so far. */
  stdoutSoFar(): string;
  stderrSoFar(): string;
  /** Fulfils however the program ends; rejects when it could not start or ran into the timeout. */
  readonly finished: Promise<ProgramResult>;
}

/** Runs a program to its end, whatever its exit code. */
export function runProgram(argv: readonly string[], options: ProgramOptions = {}): Promise<ProgramResult> {
  return startProgram(argv, options).finished;
}

/** Runs a program that has to succeed. */
export async function mustRun(argv: readonly string[], options: ProgramOptions = {}): Promise<ProgramResult> {
  const result = await runProgram(argv, options);
  if (result.exitCode === 0) return result;
  const how = result.signal ?? `exit code ${result.exitCode}`;
  throw new Error(`${argv.join(' ')}\n  ended with ${how}: ${result.stderr || result.stdout}`);
}

export function startProgram(argv: readonly string[], options: ProgramOptions = {}): RunningProgram {
  const { input, timeout, ...how } = options;
  const child = spawn(argv[0] as string, argv.slice(1), { ...how, stdio: ['pipe', 'pipe', 'pipe'] });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', chunk => stdout.push(chunk));
  child.stderr.on('data', chunk => stderr.push(chunk));
  // A program may end before it has read everything; its exit code says what matters.
  child.stdin.on('error', () => {});
  if (input instanceof Readable) input.pipe(child.stdin);
  else if (input !== 'open') child.stdin.end(input);
  const text = (chunks: Buffer[]) => Buffer.concat(chunks).toString();
  return {
    child,
    pid: child.pid ?? 0,
    kill: signal => void child.kill(signal),
    stdoutSoFar: () => text(stdout),
    stderrSoFar: () => text(stderr),
    finished: new Promise((resolve, reject) => {
      const timer = timeout && setTimeout(expire, timeout);
      function expire() {
        child.kill('SIGKILL');
        const said = `${text(stdout)}${text(stderr)}`;
        reject(new Error(`${argv.join(' ')}\n  did not end within ${timeout} ms; it said: ${said}`));
      }
      child.on('error', reject);
      child.on('close', (exitCode, signal) => {
        clearTimeout(timer as NodeJS.Timeout);
        const bytes = Buffer.concat(stdout);
        resolve({ exitCode, signal, stdout: bytes.toString(), stderr: text(stderr), bytes });
      });
    }),
  };
}
