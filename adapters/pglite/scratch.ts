import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScratchMajors, ScratchNeed, Server } from '../../src/contract/adapter.ts';
import type { RunContext } from '../../src/contract/run-context.ts';
import { OrchestrateError } from '../../src/errors.ts';
import {
  clearLeftFolders,
  removeScratchFolder,
  scratchBases,
  scratchFolderName,
} from '../../src/scratch-folder.ts';
import { startEngine } from './engine.ts';
import type { PgliteOptions } from './options.ts';
import { findPackages } from './packages.ts';
import { pgliteServer } from './server.ts';

const kind = 'pglite';

/** A PGlite of this run's own in a temporary folder. Rejects with `no-client`. */
export async function pgliteScratch(
  _options: PgliteOptions,
  { settings }: ScratchNeed,
  run: RunContext,
): Promise<Server> {
  const packages = findPackages(run);
  const bases = scratchBases(run);
  await clearLeftFolders(kind, bases, removeScratchFolder);
  const folder = join(bases[0]!, await scratchFolderName(kind));
  await mkdir(folder, { mode: 0o700 });
  const close = () => removeScratchFolder(folder);
  const start = async (database: string) => {
    try {
      return await startEngine({
        packages,
        folder: join(folder, 'data'),
        database,
        settings,
        durable: false,
      });
    } catch (error) {
      throw new OrchestrateError('no-client', `PGlite does not start: ${(error as Error).message}`, {
        cause: error,
        hint: `Check that there is room in ${bases[0]}.`,
      });
    }
  };
  return pgliteServer(
    { where: 'in a temporary PGlite', database: 'postgres', others: true, folder, start, close },
    run,
  );
}

export async function probePgliteScratch(
  _options: PgliteOptions,
  _majors: ScratchMajors,
  run: RunContext,
): Promise<string> {
  findPackages(run);
  return `a temporary PGlite in ${scratchBases(run)[0]}`;
}
