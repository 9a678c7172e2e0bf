import type { RunContext } from '../contract/run-context.ts';
import { hostProgram } from '../host-program.ts';

/** Starts programs of this host that lead elsewhere, with the environment of the run. */
export async function leaders({ env }: Pick<RunContext, 'env'>) {
  const start = await hostProgram();
  const defined = Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => !!entry[1]),
  );
  return ([file, ...args]: readonly [string, ...string[]]) =>
    start(file, args, { env: defined, extendEnv: false, buffer: false, forceKillAfterDelay: false });
}

export type Leader = ReturnType<Awaited<ReturnType<typeof leaders>>>;
