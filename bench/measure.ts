import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProgram } from '../test/stage/run-program.ts';
import { childrenOf, residentBytes } from './family.ts';

export interface Command {
  /** For bash. A pipe fails when one of its programs does. */
  readonly script: string;
  /** The whole environment. */
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Processes whose children count as well: what runs for it in a container. */
  readonly parents?: readonly number[];
}

export interface Measurement {
  /** Seconds on the clock. */
  readonly wall: number;
  /** Seconds that its own programs computed; not what runs in a container or in a server. */
  readonly cpu: number;
  /** Seconds that all processors of the machine computed meanwhile, servers included. */
  readonly machine: number;
  /** The most bytes that its processes had resident together, seen twenty times a second. */
  readonly peak: number;
  readonly stdout: string;
}

/** Runs a command that has to succeed. Without `watch` its memory is not looked at, and the peak is 0. */
export async function measure(command: Command, { watch = true } = {}): Promise<Measurement> {
  const folder = mkdtempSync(join(process.env.DBO_STAGE ?? tmpdir(), 'measure-'));
  const told = join(folder, 'told');
  try {
    const before = computed();
    const bash = startProgram(['bash', '-c', timed(command.script), 'bash', told], command);
    running.add(bash);
    let peak = 0;
    const roots = [bash.pid, ...(command.parents ?? [])];
    const look = () => {
      peak = Math.max(peak, residentBytes(roots));
    };
    const timer = watch ? setInterval(look, 50) : undefined;
    const { exitCode, signal, stdout, stderr } = await bash.finished.finally(() => {
      clearInterval(timer);
      running.delete(bash);
    });
    const machine = computed() - before;
    if (exitCode !== 0)
      throw new Error(`${command.script}\n  ended with ${signal ?? exitCode}: ${stderr}${stdout}`);
    return { ...readTimes(readFileSync(told, 'utf8')), machine, peak, stdout };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Ends what is being measured; whether there was anything. */
export function stopMeasuring(signal: NodeJS.Signals): boolean {
  for (const { pid } of running) for (const child of childrenOf(pid)) kill(child, signal);
  return running.size > 0;
}

const running = new Set<{ pid: number }>();

/** By bash's own clock: starting bash does not count. */
function timed(script: string): string {
  return `set -o pipefail
began=$EPOCHREALTIME
{
${script}
}
code=$?
ended=$EPOCHREALTIME
{ echo "$began $ended"; times; } > "$1"
exit $code`;
}

/** The line with the two instants, then bash's own times and those of all that it waited for. */
function readTimes(text: string): { wall: number; cpu: number } {
  const [instants = '', , children = ''] = text.split('\n');
  const [began, ended] = instants.split(' ').map(instant => Number(instant.replace(',', '.'))) as [
    number,
    number,
  ];
  const times = [...children.matchAll(/(\d+)m([\d.,]+)s/g)];
  const cpu = times.reduce((sum, [, m, s]) => sum + Number(m) * 60 + Number(s?.replace(',', '.')), 0);
  return { wall: ended - began, cpu };
}

function computed(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0) / 1000;
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}
