import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScratchMajors, ScratchNeed, Server } from '../../src/contract/adapter.ts';
import type { RunContext } from '../../src/contract/run-context.ts';
import { OrchestrateError } from '../../src/errors.ts';
import { lifeOf, processIdentity } from '../../src/process-identity.ts';
import { startEngine } from './engine.ts';
import type { PgliteOptions } from './options.ts';
import { findPackages } from './packages.ts';
import { pgliteServer } from './server.ts';

const prefix = 'dbo-pglite-';

/** A PGlite of this run's own in a temporary folder. Rejects with `no-client`. */
export async function pgliteScratch(
  _options: PgliteOptions,
  { settings }: ScratchNeed,
  run: RunContext,
): Promise<Server> {
  const packages = findPackages(run);
  const base = temporaryFolder(run);
  await clearLeftFolders(base);
  const folder = await mkdtemp(join(base, `${prefix}${(await processIdentity()) ?? 'unknown'}-`));
  const close = () => rm(folder, { recursive: true, force: true, maxRetries: 5 });
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
        hint: `Check that there is room in ${base}.`,
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
  return `a temporary PGlite in ${temporaryFolder(run)}`;
}

function temporaryFolder({ env }: RunContext): string {
  return env.TMPDIR?.startsWith('/') ? env.TMPDIR : '/tmp';
}

/** Removes what runs have left there that are dead. What cannot be removed is not ours. */
async function clearLeftFolders(base: string): Promise<void> {
  for (const name of await readdir(base).catch(() => [])) {
    const identity = /^dbo-pglite-(\w+-\d+-\w+)-\w+$/.exec(name)?.[1];
    if (identity !== undefined && (await lifeOf(identity)) === 'dead')
      await rm(join(base, name), { recursive: true, force: true }).catch(() => undefined);
  }
}
