import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Adapter } from '../../src/contract/adapter.ts';
import type { RunContext } from '../../src/contract/run-context.ts';
import { OrchestrateError } from '../../src/errors.ts';
import { type EngineStart, startEngine } from './engine.ts';
import { lockFolder } from './folder-lock.ts';
import { type PgliteOptions, pgliteOptions } from './options.ts';
import { findPackages } from './packages.ts';
import { pgliteScratch, probePgliteScratch } from './scratch.ts';
import { pgliteServer } from './server.ts';

/** PostgreSQL as a library, in this process: a folder of PGlite that no other process has open. */
export const pgliteAdapter: Adapter<PgliteOptions> = {
  name: 'pglite',
  options: pgliteOptions,
  describe: ({ folder }) => `PGlite in ${folder}`,
  database: ({ database }) => database,

  /** Opens nothing: that could take seconds. */
  async probe({ folder }, run) {
    try {
      findPackages(run);
      const unlock = await lockFolder(existingFolder(folder, run), run);
      await unlock();
      return { usable: true, describe: `PGlite in ${folder}` };
    } catch (error) {
      if (error instanceof OrchestrateError) return { usable: false, reason: error.message, failure: error };
      throw error;
    }
  },

  async open({ folder, database }, run) {
    const packages = findPackages(run);
    const path = existingFolder(folder, run);
    const unlock = await lockFolder(path, run);
    const start = (name: string) =>
      open({ packages, folder: path, database: name, settings: {}, durable: true });
    return pgliteServer(
      { where: `in PGlite folder ${folder}`, database, others: false, folder: path, start, close: unlock },
      run,
    );
  },
  scratch: pgliteScratch,
  probeScratch: probePgliteScratch,
  steps: [
    {
      name: 'packages',
      look: async (_options, run) => Object.values(findPackages(run)).join(', '),
    },
    {
      name: 'folder',
      look: async ({ folder }, run) => existingFolder(folder, run),
    },
  ],
};

async function open(start: EngineStart) {
  try {
    return await startEngine(start);
  } catch (error) {
    throw new OrchestrateError(
      'unreachable',
      `PGlite cannot open ${start.folder}: ${(error as Error).message}`,
      {
        cause: error,
        hint: 'Check that the application opens it with the same version of @electric-sql/pglite, and that database names one that is there.',
      },
    );
  }
}

/** PGlite would make what is not there. */
function existingFolder(folder: string, { cwd }: RunContext): string {
  const path = resolve(cwd, folder);
  if (existsSync(join(path, 'PG_VERSION'))) return path;
  throw new OrchestrateError('unreachable', `there is no database of PGlite in ${path}`, {
    hint: 'Set folder to what the application gives PGlite as dataDir, relative to the config file.',
  });
}
