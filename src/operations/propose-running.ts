import { type Proposal, type ProposedTarget, quoted, type Written } from '../config/init/config-text.ts';
import { configOf } from '../config/load.ts';
import type { Adapter } from '../contract/adapter.ts';
import type { RunContext } from '../contract/run-context.ts';
import { OrchestrateError } from '../errors.ts';
import { type DiscoveredTarget, discoverTargets } from '../targets/discover-targets.ts';

/**
 * A proposal with the servers that are found running besides. They may be another project's: where the project names
 * some itself, these are only shown. Where nothing can be asked, there are none.
 */
export async function withRunning(
  proposal: Proposal,
  adapters: readonly Adapter[],
  run: RunContext,
): Promise<Proposal> {
  const isComment = proposal.targets.length > 0;
  const found = (await running(proposal, adapters, run)).filter(({ configured }) => !configured);
  const more = found.map(one => ({ ...proposed(one), isComment }));
  return { ...proposal, targets: [...proposal.targets, ...more] };
}

async function running(
  { targets }: Proposal,
  adapters: readonly Adapter[],
  run: RunContext,
): Promise<readonly DiscoveredTarget[]> {
  const raw = { targets: Object.fromEntries(targets.map(({ name, settings }) => [name, plain(settings)])) };
  try {
    const config = await configOf(raw, run, adapters, { targetsNeeded: false });
    return await discoverTargets(config, { ...run, emit: () => undefined });
  } catch (error) {
    if (!(error instanceof OrchestrateError) || run.signal.aborted) throw error;
    return [];
  }
}

/** What is code has no value yet. */
function plain(settings: Readonly<Record<string, Written>>): Record<string, string> {
  const entries = Object.entries(settings);
  return Object.fromEntries(
    entries.flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  );
}

function proposed({ target }: DiscoveredTarget): ProposedTarget {
  const { name, adapter, databases } = target;
  const options = Object.entries(target.options as Record<string, unknown>);
  const texts = options.flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : []));
  return {
    name,
    from: `runs here: ${adapter.describe(target.options)}`,
    settings: {
      adapter: adapter.name,
      ...Object.fromEntries(texts),
      ...(databases !== undefined && { databases: written(databases) }),
    },
  };
}

function written(databases: 'all' | readonly string[]): Written {
  return databases === 'all' ? 'all' : { code: `[${databases.map(quoted).join(', ')}]` };
}
