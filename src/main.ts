import { CommanderError } from 'commander';
import type { Config } from './config/config.ts';
import { canAsk, confirm } from './confirm.ts';
import type { Adapter } from './contract/adapter.ts';
import type { RunContext } from './contract/run-context.ts';
import { interruption, OrchestrateError } from './errors.ts';
import { createProgram } from './program.ts';
import { createReporter, known, type ReportOptions } from './report/reporter.ts';
import { listenToSignals } from './signals.ts';

process.exitCode = await main(process.argv.slice(2));
await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
// A handle that something left open must not keep a finished command waiting.
process.exit();

/** The edge: hands in everything that is not pure, and turns what is thrown into text or JSON and an exit code. */
async function main(args: readonly string[]): Promise<number> {
  const outputs = { stdout: process.stdout, stderr: process.stderr };
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosed);
  let report = createReporter(outputs, {
    json: ownOptions(args).includes('--json'),
    quiet: false,
    verbose: false,
  });
  let exitCode = 0;
  const signals = listenToSignals();
  const program = createProgram(command => {
    // Loaded here because --help does without it.
    const { randomBytes } = process.getBuiltinModule('node:crypto');
    const run: RunContext = {
      id: randomBytes(4).toString('hex'),
      signal: signals.interruption,
      now: () => new Date(),
      env: process.env,
      cwd: process.cwd(),
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

/** A pipe takes 64 KiB at a time: leaving before the reader has the rest would cut a long list. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise(resolve => {
    stream.write('', () => resolve());
  });
}

/** `db-orchestrate list | head` closes the pipe early, and a terminal goes with its window: no failures of ours. */
function ignoreClosed(this: NodeJS.WriteStream, error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && !(error.code === 'EIO' && this.isTTY)) throw error;
}
