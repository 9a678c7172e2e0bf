import type { Target } from '../config/config.ts';
import type { RunContext } from '../contract/run-context.ts';

/** A run as an adapter sees it: what a target's options leave open is looked for in the folder of its configuration. */
export function withinFolder({ root }: Pick<Target, 'root'>, run: RunContext): RunContext {
  return root === undefined ? run : { ...run, cwd: root };
}
