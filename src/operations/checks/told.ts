import { ClientFailure, QueryFailure } from '../../contract/adapter.ts';
import { OrchestrateError } from '../../errors.ts';

/** What the server refuses to tell, a backup or a restore would not get told either. */
export async function told<Result>(look: () => Promise<Result>): Promise<Result> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof QueryFailure || error instanceof ClientFailure)) throw error;
    throw new OrchestrateError('backup-failed', error.message, { cause: error });
  }
}
