import type { Target } from '../config/config.ts';
import type { RunContext } from '../contract/run-context.ts';
import { failures, interruption, OrchestrateError } from '../errors.ts';

export interface TargetFailure {
  readonly target: string;
  readonly error: { code: string; message: string; hint: string | null; exitCode: number };
}

/** What became of several targets: all that was done, all with the failures in order, and the exit code. */
export interface Outcome<Result> {
  readonly done: readonly Result[];
  readonly all: readonly (Result | TargetFailure)[];
  readonly exitCode: number;
}

/**
 * Does the same for each target, one after another; one that fails does not stop the others. Rejects with the
 * failure itself when there was only one target, or when the run was interrupted.
 */
export async function eachTarget<Result>(
  targets: readonly Target[],
  run: RunContext,
  work: (target: Target) => Promise<Result>,
): Promise<Outcome<Result>> {
  const done: Result[] = [];
  const failed: TargetFailure[] = [];
  const all: (Result | TargetFailure)[] = [];
  for (const target of targets) {
    if (run.signal.aborted) throw interruption(run.signal);
    try {
      const result = await work(target);
      done.push(result);
      all.push(result);
    } catch (error) {
      if (targets.length === 1 || run.signal.aborted || !(error instanceof OrchestrateError)) throw error;
      const { code, message, hint = null, exitCode } = error;
      run.emit({ type: 'warning', message: `${target.name}: ${message}` });
      failed.push({ target: target.name, error: { code, message, hint, exitCode } });
      all.push(failed.at(-1)!);
    }
  }
  const exitCode =
    failed.length === 0 ? 0 : done.length > 0 ? failures.partial.exitCode : failed[0]!.error.exitCode;
  return { done, all, exitCode };
}
