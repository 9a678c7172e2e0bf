import type { Command } from 'commander';
import type { Config } from '../config/config.ts';
import type { RunContext } from '../contract/run-context.ts';
import type { Reporter } from '../report/reporter.ts';

/** What a command gets from the edge when it is run. */
export interface CommandLine {
  readonly run: RunContext;
  readonly report: Reporter;
  /** Reads the configuration; rejects with `usage` when it is not valid. */
  loadConfig(): Promise<Config>;
  /** Asks a person; rejects with `refused` when there is none, or when the answer is not yes. */
  confirm(question: string): Promise<void>;
  /** For commands that end with another exit code than 0 although they reported a result. */
  exitWith(code: number): void;
}

export type Begin = (command: Command) => CommandLine;
