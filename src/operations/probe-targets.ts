import type { Config, Target } from '../config/config.ts';
import type { Probe } from '../contract/adapter.ts';
import type { RunContext } from '../contract/run-context.ts';
import { openMaintenance } from '../postgres/maintenance.ts';
import { openTarget, probeTarget } from '../targets/open-target.ts';
import { findUndo, type Undo } from './replacement/find-undo.ts';
import { lastRestored } from './undo.ts';

export interface ProbedTarget {
  readonly target: string;
  readonly adapter: string;
  /** As the configuration says it. */
  readonly where: string;
  readonly probe: Probe;
  /** What a restore of it replaced and an undo would put back. */
  readonly undo: Undo | undefined;
}

/** Asks every configured target whether its server can be reached; all at once, since each may take its time. */
export function probeTargets(config: Pick<Config, 'targets'>, run: RunContext): Promise<ProbedTarget[]> {
  return Promise.all(
    config.targets.map(async target => {
      const { name, adapter, options } = target;
      const probe = await probeTarget(target, run);
      return {
        target: name,
        adapter: adapter.name,
        where: adapter.describe(options),
        probe,
        undo: probe.usable ? await askUndo(target, run).catch(() => undefined) : undefined,
      };
    }),
  );
}

async function askUndo(chosen: Target, run: RunContext): Promise<Undo | undefined> {
  const target = await lastRestored(chosen);
  const server = await openTarget(target, run);
  try {
    return await findUndo(target, server, await openMaintenance(server, server.database, server.database));
  } finally {
    await server.close();
  }
}
