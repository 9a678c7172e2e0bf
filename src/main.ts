import { randomBytes } from 'node:crypto';
import { CommanderError } from 'commander';
import type { CommandLine } from './commands/command-line.ts';
import { confirm } from './confirm.ts';
import type { RunContext } from './contract/run-context.ts';
import { interruption, OrchestrateError, signalExitCodes } from './errors.ts';
import { createProgram } from './program.ts';
import { createReporter, known, type Reporter, type ReportOptions } from './report/reporter.ts';

process.exitCode = await main(process.argv.slice(2));
await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
// A handle that something left open must not keep a finished command waiting.
process.exit();

/** The edge: hands in everything that is not pure, and turns what is thrown into text or JSON and an exit code. */
async function main(args: readonly string[]): Promise<number> {
  const outputs = { stdout: process.stdout, stderr: process.stderr };
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe);
  let report = createReporter(outputs, { json: args.includes('--json'), quiet: false, verbose: false });
  let exitCode = 0;
  const run: RunContext = {
    id: randomBytes(4).toString('hex'),
    signal: interruptions(),
    now: () => new Date(),
    env: process.env,
    cwd: process.cwd(),
    emit: event => report.event(event),
  };
  const program = createProgram(command => {
    const options = command.optsWithGlobals<Partial<ReportOptions> & { config?: string }>();
    const { json = false, quiet = false, verbose = false } = options;
    report = createReporter(outputs, { json, quiet, verbose });
    return commandLine(run, report, options.config, code => {
      exitCode = code;
    });
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0; // --help, --version
    const failure = run.signal.aborted
      ? interruption(run.signal)
      : error instanceof CommanderError
        ? usageFailure(error)
        : known(error);
    report.failure(failure);
    return failure.exitCode;
  }
}

function commandLine(
  run: RunContext,
  report: Reporter,
  configFile: string | undefined,
  exitWith: CommandLine['exitWith'],
): CommandLine {
  return {
    run,
    report,
    exitWith,
    async loadConfig() {
      const { loadConfig } = await import('./config/load.ts');
      const { adapters } = await import('../adapters/index.ts');
      return loadConfig(run, adapters, configFile);
    },
    confirm: question => confirm(question, run.signal),
  };
}

/** SIGHUP, SIGINT and SIGTERM abort the run; it cleans up and then ends with the signal's own code. */
function interruptions(): AbortSignal {
  const controller = new AbortController();
  for (const [signal, exitCode] of Object.entries(signalExitCodes)) {
    process.on(signal, () =>
      controller.abort(new OrchestrateError('interrupted', `interrupted by ${signal}`, { exitCode })),
    );
  }
  return controller.signal;
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

/** `db-orchestrate list | head` closes the pipe early; that is no failure of ours. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
