import { randomBytes } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import type { Spawn } from '../contract/adapter.ts';
import type { RunContext } from '../contract/run-context.ts';
import { interruption, OrchestrateError } from '../errors.ts';
import { leaders } from './leader.ts';
import { ElsewhereProgram } from './program.ts';
import { withEnvironment } from './with-environment.ts';
import { words, wrapped } from './wrapper.ts';

/** A program of this host that runs commands somewhere else: kubectl exec, ssh, podman exec. */
export interface Way {
  /** "in pod db-0" */
  readonly where: string;
  /**
   * The program and arguments that run `command` there, of which no word may be read by a shell on the way. Its stdin
   * reaches the command, output and stderr come back apart, it exits as the command does, and it makes no terminal.
   */
  command(command: readonly string[]): readonly [string, ...string[]];
  /** For the client programs, e.g. PGUSER; seen in the process lists of both sides. */
  readonly env?: Readonly<Record<string, string>>;
  /** The same, e.g. PGPASSWORD, but it goes there on stdin and is in no argument. */
  readonly secrets?: Readonly<Record<string, string>>;
}

/**
 * Starts client programs through such a program; where they run there has to be a POSIX shell. They end, with their
 * server backends, when they are told to and when this process is gone, and only output that arrived whole is a success.
 * Rejects with `no-client` when the program is missing there, or the one that leads there is on this host; `unreachable`,
 * in the latter's words, when nothing can be started there.
 */
export function spawnThrough(way: Way, run: RunContext): Spawn {
  return async call => {
    // Not refused once the run is interrupted: cleaning up needs programs too.
    const cleaningUp = run.signal.aborted;
    const mark = randomBytes(16).toString('hex');
    const { argv, input } = withEnvironment({ ...way.env, ...call.env }, way.secrets, wrapped(call, mark));
    const lead = await leaders(run);
    const launch = (command: readonly string[]) => lead(way.command(command));
    const program = new ElsewhereProgram(launch, argv, mark, call, input);
    const kill = () => program.kill();
    run.signal.addEventListener('abort', kill);
    try {
      await begun(program, call.program, way);
    } catch (error) {
      throw run.signal.aborted && !cleaningUp ? interruption(run.signal) : error;
    } finally {
      run.signal.removeEventListener('abort', kill);
    }
    if (call.output) pipeline(program.stdout, call.output).catch(kill);
    return program;
  };
}

async function begun(program: ElsewhereProgram, name: string, way: Way): Promise<void> {
  const word = await program.announced;
  if (word !== undefined && word !== words.missing) return;
  const failure = await program.done.then(
    () => undefined,
    (error: Error) => error,
  );
  if (word === words.missing) {
    throw new OrchestrateError('no-client', `there is no ${name} ${way.where}`, {
      hint: `Bring PostgreSQL's client programs there, or reach the database from this host with the adapter local-hybrid.`,
    });
  }
  const [leader] = way.command([]);
  if (program.leaderMissing) {
    throw new OrchestrateError(
      'no-client',
      `there is no ${leader} on this host to start ${name} ${way.where}`,
      {
        hint: `Install ${leader}, or add its folder to PATH.`,
      },
    );
  }
  const said = program.said || failure?.message || 'it ended without a word';
  throw new OrchestrateError('unreachable', `nothing can be started ${way.where}: ${leader}: ${said}`, {
    cause: failure,
    hint: `Check by hand that ${leader} runs a command ${way.where}.`,
  });
}
