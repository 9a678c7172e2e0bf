import type { Config } from '../config/config.ts';
import type { BackupConfig } from '../config/define-config.ts';
import type { RunContext, RunEvent } from '../contract/run-context.ts';

/** What every function takes besides its own. */
export interface RunOptions {
  /** Path of a config file, or the configuration itself; without it what a command would find in `cwd`. */
  readonly config?: string | BackupConfig | undefined;
  /** Where relative paths start from, and the search for a config file; without it the process's own. */
  readonly cwd?: string | undefined;
  /** Without it the process's own. A config file reads `process.env` in any case. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Aborted, the run cleans up and rejects with `interrupted`. */
  readonly signal?: AbortSignal | undefined;
  /** What the tool would say on stderr: notices, warnings, progress. */
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
}

/** A run of its own, and what is wanted. Rejects with `usage` when the configuration is not valid. */
export async function beginRun(options: RunOptions): Promise<{ run: RunContext; config: Config }> {
  const { randomBytes } = await import('node:crypto');
  const { adapters } = await import('../../adapters/index.ts');
  const { configOf, loadConfig } = await import('../config/load.ts');
  const run: RunContext = {
    id: randomBytes(4).toString('hex'),
    signal: options.signal ?? new AbortController().signal,
    now: () => new Date(),
    env: options.env ?? process.env,
    cwd: options.cwd ?? process.cwd(),
    emit: event => options.onEvent?.(event),
  };
  const { withDiscovered } = await import('../targets/with-discovered.ts');
  const { config: given } = options;
  const config =
    typeof given === 'object' ? await configOf(given, run, adapters) : await loadConfig(run, adapters, given);
  return { run, config: await withDiscovered(config, run) };
}
