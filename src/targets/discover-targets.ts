import type { Config, Discovery, Target } from '../config/config.ts';
import { isTargetName } from '../config/schema.ts';
import type { Adapter, Discovered } from '../contract/adapter.ts';
import type { RunContext } from '../contract/run-context.ts';
import { withinFolder } from './within-folder.ts';

/** A server that was found, as a target. */
export interface DiscoveredTarget {
  readonly target: Target;
  /** Whether the configuration has it already. */
  readonly configured: boolean;
}

/** Every server that the adapters find by themselves. Rejects as their `discover` does. */
export async function discoverTargets(config: Config, run: RunContext): Promise<DiscoveredTarget[]> {
  const found: DiscoveredTarget[] = [];
  const taken = new Set(config.targets.map(({ name }) => name));
  const { discovery } = config;
  for (const adapter of discovery?.adapters ?? []) {
    const configured = config.targets.filter(target => target.adapter === adapter);
    const options = configured.map(target => target.options);
    const all = (await adapter.discover?.(options, withinFolder(config, run))) ?? [];
    const wanted = all.map(({ names }) => names[0]);
    for (const one of all) {
      const known = one.knownAs === undefined ? undefined : configured[one.knownAs];
      if (known) found.push({ target: known, configured: true });
      if (known) continue;
      const name = nameFor(
        one,
        name => taken.has(name) || wanted.filter(other => other === name).length > 1,
        run,
      );
      if (name === undefined) continue;
      taken.add(name);
      found.push({ target: asTarget(name, one, adapter, discovery!), configured: false });
    }
  }
  return found;
}

function asTarget(
  name: string,
  { options, databases }: Discovered,
  adapter: Adapter,
  { common }: Discovery,
): Target {
  return { ...common, name, adapter, options, databases };
}

/** The first of its names that is free and fit for a target, else what the last one would be without odd characters. */
function nameFor(
  { names }: Discovered,
  isTaken: (name: string) => boolean,
  run: RunContext,
): string | undefined {
  const own = names.at(-1)!;
  const plain = own.replaceAll(/[^A-Za-z0-9._-]/g, '-').replace(/^[-.]+/, '');
  for (const name of [...names, plain]) {
    if (isTargetName(name) && !isTaken(name)) return name;
    if (name === plain) break;
    const why = isTargetName(name) ? 'another target has that name' : 'that is no name for a target';
    run.emit({
      type: 'warning',
      message: `${JSON.stringify(own)} cannot be target ${JSON.stringify(name)}: ${why}`,
    });
  }
  run.emit({
    type: 'warning',
    message: `${JSON.stringify(own)} was found and is no target: its name is taken`,
  });
  return undefined;
}
