import type { Config } from '../config/config.ts';
import type { Probe } from '../contract/adapter.ts';
import type { RunContext } from '../contract/run-context.ts';

export interface ProbedTarget {
  readonly target: string;
  readonly adapter: string;
  /** As the configuration says it. */
  readonly where: string;
  readonly probe: Probe;
}

/** Asks every configured target whether its server can be reached; all at once, since each may take its time. */
export function probeTargets(config: Config, run: RunContext): Promise<ProbedTarget[]> {
  return Promise.all(
    config.targets.map(async ({ name, adapter, options }) => ({
      target: name,
      adapter: adapter.name,
      where: adapter.describe(options),
      probe: await adapter.probe(options, run),
    })),
  );
}
