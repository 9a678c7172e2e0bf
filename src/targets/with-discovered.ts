import type { Config, Discovery, Target } from '../config/config.ts';
import type { RunContext } from '../contract/run-context.ts';
import { OrchestrateError } from '../errors.ts';
import { discoverTargets } from './discover-targets.ts';

/** A configuration, and where it says `discover: true` the targets that are found besides. */
export async function withDiscovered(config: Config, run: RunContext): Promise<Config> {
  const { discovery } = config;
  if (!discovery?.wanted) return config;
  try {
    const found = await discoverTargets(config, run);
    const added = found.filter(({ configured }) => !configured).map(({ target }) => target);
    return { ...config, targets: [...config.targets, ...added] };
  } catch (error) {
    if (run.signal.aborted || !(error instanceof OrchestrateError)) throw error;
    return { ...config, targets: [...config.targets, notFound(config, discovery, error)] };
  }
}

/**
 * Stands for the targets that were not found, so that a backup of all fails, and what needs no server goes on: without it
 * a backup would be a success that lacks most of them.
 */
function notFound({ targets }: Config, { adapters, common }: Discovery, failure: OrchestrateError): Target {
  const adapter = adapters.find(({ discover }) => discover)!;
  let name = 'discover';
  while (targets.some(target => target.name === name)) name += '-';
  return {
    ...common,
    name,
    options: {},
    adapter: {
      name: adapter.name,
      options: adapter.options,
      describe: () => 'what discover would find',
      database: () => undefined,
      probe: async () => ({ usable: false, reason: failure.message }),
      open: () => Promise.reject(failure),
    },
  };
}
