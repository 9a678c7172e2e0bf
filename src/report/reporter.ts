import type { RunEvent } from '../contract/run-context.ts';
import { OrchestrateError } from '../errors.ts';
import { escapeLines } from './escape.ts';
import { progressLine } from './progress.ts';
import { redact } from './redact.ts';

/** Where the reports go. */
export interface Outputs {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

export interface ReportOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/** stdout is data, stderr is talk. With --json, stdout is exactly one document. */
export interface Reporter {
  /** What the command was asked for: text for people, a document for scripts. */
  result(text: string, document: unknown): void;
  /** Data of any length, piece by piece; false once nobody reads it any more. */
  data(piece: Buffer): Promise<boolean>;
  /** A line of talk, left out with --quiet. */
  say(message: string): void;
  event(event: RunEvent): void;
  failure(error: unknown): void;
}

export function createReporter({ stdout, stderr }: Outputs, options: ReportOptions): Reporter {
  const progress = progressLine(stderr);
  const write = (message: string) => {
    progress.clear();
    stderr.write(`${escapeLines(message)}\n`);
  };
  return {
    result(text, document) {
      progress.clear();
      stdout.write(options.json ? `${JSON.stringify(document, null, 2)}\n` : text);
    },
    data(piece) {
      progress.clear();
      return new Promise(resolve => {
        stdout.write(piece, error => resolve(!error));
      });
    },
    say(message) {
      if (!options.quiet) write(message);
    },
    event(event) {
      if (event.type === 'warning') write(`warning: ${redact(event.message)}`);
      else if (event.type === 'progress') {
        if (!options.quiet) progress.show(event);
      } else if (event.type === 'notice' ? !options.quiet : options.verbose) write(event.message);
    },
    failure(error) {
      const { message, hint, code, exitCode, document } = known(error);
      write(`error: ${redact(message)}`);
      if (hint) write(`hint: ${hint}`);
      if (options.verbose && error instanceof Error) write(redact(String(error.stack)));
      if (options.json) {
        const failed = { code, message: redact(message), hint: hint ?? null, exitCode };
        stdout.write(`${JSON.stringify({ ...document, error: failed }, null, 2)}\n`);
      }
    },
  };
}

/** Everything that is not an expected failure is a defect of the tool, and says where to report it. */
export function known(error: unknown): OrchestrateError {
  if (error instanceof OrchestrateError) return error;
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new OrchestrateError('defect', `this is a defect of db-orchestrate: ${message}`, {
    cause: error,
    hint: 'Run the command again with --verbose and report what it prints to the maintainers of db-orchestrate.',
  });
}
