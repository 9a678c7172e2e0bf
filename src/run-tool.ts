import { CommanderError } from 'commander';
import type { Config } from './config/config.ts';
import { canAsk, confirm } from './confirm.ts';
import type { Adapter } from './contract/adapter.ts';
import type { RunContext } from './contract/run-context.ts';
import { interruption, OrchestrateError } from './errors.ts';
import { createProgram } from './program.ts';
import { createReporter, known, type Outputs, type ReportOptions } from './report/reporter.ts';
import type { Signals } from './signals.ts';

/** What a run has of the process that it runs in. */
export interface Surroundings {
  readonly outputs: Outputs;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly signals: Signals;
}

/**
 * The edge: hands in everything that is not pure, and turns what is thrown into text or JSON and an exit code. Never
 * rejects.
 */
export async function runTool(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { outputs, env, cwd, signals } = surroundings;
  let report = createReporter(outputs, {
    json: ownOptions(args).includes('--json'),
    quiet: false,
    verbose: false,
  });
  let exitCode = 0;
  const program = createProgram(command => {
    // Loaded here because --help does without it.
    const { randomBytes } = process.getBuiltinModule('node:crypto');
    const run: RunContext = {
      id: randomBytes(4).toString('hex'),
      signal: signals.interruption,
      now: () => new Date(),
      env,
      cwd,
      emit: event => report.event(event),
    };
    const options = command.optsWithGlobals<Partial<ReportOptions> & { config?: string }>();
    const { json = false, quiet = false, verbose = false } = options;
    report = createReporter(outputs, { json, quiet, verbose });
    return {
      run,
      report,
      typed: args,
      loadConfig: which => readConfig(run, options.config, which?.asWritten === true),
      loadAdapters,
      canAsk,
      confirm: question => confirm(question, run.signal),
      async runCommand(argv) {
        const { runCommand } = await import('./run-command.ts');
        return runCommand(argv, { stdout: json ? 2 : 1 }, signals);
      },
      exitWith(code) {
        exitCode = code;
      },
    };
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0; // --help, --version
    const failure = signals.interruption.aborted
      ? interruption(signals.interruption)
      : error instanceof CommanderError
        ? usageFailure(error)
        : known(error);
    report.failure(failure);
    return failure.exitCode;
  }
}

async function readConfig(run: RunContext, file: string | undefined, asWritten: boolean): Promise<Config> {
  const { loadConfig } = await import('./config/load.ts');
  const config = await loadConfig(run, await loadAdapters(), file);
  if (asWritten) return config;
  const { withDiscovered } = await import('./targets/with-discovered.ts');
  return withDiscovered(config, run);
}

async function loadAdapters(): Promise<readonly Adapter[]> {
  return (await import('../adapters/index.ts')).adapters;
}

/** Behind `--` nothing is an option of ours. */
function ownOptions(args: readonly string[]): readonly string[] {
  return args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
}

function usageFailure(error: CommanderError): OrchestrateError {
  const noCommand = error.code === 'commander.help';
  const message = noCommand ? 'no command was given' : error.message.replace(/^error: /, '');
  return new OrchestrateError('usage', message, { cause: error, hint: 'Run: db-orchestrate --help' });
}
