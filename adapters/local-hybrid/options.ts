import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { OrchestrateError } from '../../src/errors.ts';
import { parseConnection } from './connection.ts';

/** What a `local-hybrid` target of the configuration may hold. A missing `url` is `open`'s to report. */
export const localHybridOptions = z.strictObject({
  /** postgresql://user:password@host:port/database, or libpq's key=value string. */
  url: z.string().superRefine(readable).optional(),
  /** The folder of pg_dump and psql. */
  binDirectory: z.string().refine(isAbsolute, 'expected an absolute path').optional(),
});

export type LocalHybridOptions = z.infer<typeof localHybridOptions>;

function readable(url: string, context: z.core.$RefinementCtx<string>): void {
  try {
    parseConnection(url, {});
  } catch (error) {
    if (!(error instanceof OrchestrateError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
  }
}
