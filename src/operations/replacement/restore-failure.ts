import { ClientFailure, QueryFailure } from '../../contract/adapter.ts';
import type { RunContext } from '../../contract/run-context.ts';
import { interruption, OrchestrateError } from '../../errors.ts';

/** What a restore or an undo rejects with when a program or the server failed under it. */
export function asRestoreFailure(error: unknown, run: RunContext): unknown {
  if (run.signal.aborted) return interruption(run.signal);
  if (!(error instanceof ClientFailure || error instanceof QueryFailure)) return error;
  return new OrchestrateError(
    'restore-failed',
    `the restore failed, and the database is as it was before: ${error.message}`,
    {
      cause: error,
    },
  );
}
