import type { Target } from '../config/config.ts';
import type { RunContext } from '../contract/run-context.ts';
import { failures, interruption, OrchestrateError } from '../errors.ts';
import { targetDatabases } from './target-databases.ts';
import { withHooks } from './with-hooks.ts';

export interface TargetFailure {
  readonly target: string;
  /** Of a target that has several. */
  readonly database?: string;
  readonly error: { code: string; message: string; hint: string | null; exitCode: number };
}

/** What became of several targets: all that was done, all with the failures in order, and the exit code. */
export interface Outcome<Result> {
  readonly done: readonly Result[];
  readonly all: readonly (Result | TargetFailure)[];
  readonly exitCode: number;
}

/**
 * Does the same for each target, or each of its databases, one after another; one that fails does not stop the others.
 * Rejects with the failure itself when there was only one, or when the run was interrupted.
 */
export async function eachTarget<Result>(
  targets: readonly Target[],
  run: RunContext,
  work: (target: Target) => Promise<Result>,
): Promise<Outcome<Result>> {
  const done: Result[] = [];
  const failed: TargetFailure[] = [];
  const all: (Result | TargetFailure)[] = [];
  const attempt = async (target: Target, isOnly: boolean, step: () => Promise<void>) => {
    if (run.signal.aborted) throw interruption(run.signal);
    try {
      await step();
    } catch (error) {
      if (isOnly || run.signal.aborted || !(error instanceof OrchestrateError)) throw error;
      failed.push(failureOf(target, error));
      all.push(failed.at(-1)!);
      run.emit({ type: 'warning', message: `${nameInWords(target)}: ${error.message}` });
    }
  };
  for (const target of targets) {
    let databases: Target[] = [];
    await attempt(target, targets.length === 1, async () => {
      databases = await withHooks(target, {}, run, () => targetDatabases(target, run));
    });
    for (const database of databases) {
      await attempt(database, targets.length === 1 && databases.length === 1, async () => {
        const result = await work(database);
        done.push(result);
        all.push(result);
      });
    }
  }
  const exitCode =
    failed.length === 0 ? 0 : done.length > 0 ? failures.partial.exitCode : failed[0]!.error.exitCode;
  return { done, all, exitCode };
}

/** "docker", or "docker (shop)" where it has several databases. */
function nameInWords({ name, database }: Target): string {
  return database === undefined ? name : `${name} (${database})`;
}

function failureOf({ name, database }: Target, failure: OrchestrateError): TargetFailure {
  const { code, message, hint = null, exitCode } = failure;
  return {
    target: name,
    ...(database !== undefined && { database }),
    error: { code, message, hint, exitCode },
  };
}
