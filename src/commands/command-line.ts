import type { Command } from 'commander';
import type { Config } from '../config/config.ts';
import type { Adapter } from '../contract/adapter.ts';
import type { RunContext } from '../contract/run-context.ts';
import type { CommandEnd } from '../operations/guard.ts';
import type { Reporter } from '../report/reporter.ts';

/** What a command gets from the edge when it is run. */
export interface CommandLine {
  readonly run: RunContext;
  readonly report: Reporter;
  /** The words of the command line as they came, before commander read them. */
  readonly typed: readonly string[];
  /**
   * Reads the configuration; rejects with `usage` when it is not valid. `asWritten`: without targets that are only found
   * by asking an engine.
   */
  loadConfig(which?: { readonly asWritten: boolean }): Promise<Config>;
  loadAdapters(): Promise<readonly Adapter[]>;
  /** Whether there is a terminal to ask on. */
  canAsk(): boolean;
  /** Asks a person; rejects with `refused` when there is none, or when the answer is not yes. */
  confirm(question: string): Promise<void>;
  /**
   * Runs a program with the terminal and the signals passed through; with --json its stdout goes to stderr. Rejects
   * when it cannot be started.
   */
  runCommand(argv: readonly [string, ...string[]]): Promise<CommandEnd>;
  /** For commands that end with another exit code than 0 although they reported a result. */
  exitWith(code: number): void;
}

export type Begin = (command: Command) => CommandLine;
