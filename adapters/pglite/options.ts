import { z } from 'zod';

/** What a `pglite` target of the configuration may hold. */
export const pgliteOptions = z.strictObject({
  /** PGlite's data folder, relative to the config file. */
  folder: z.string().min(1),
  database: z.string().min(1).default('postgres'),
});

export type PgliteOptions = z.infer<typeof pgliteOptions>;
/** As a configuration has them. */
export type WrittenPgliteOptions = z.input<typeof pgliteOptions>;
