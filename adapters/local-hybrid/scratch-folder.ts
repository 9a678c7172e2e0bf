import { randomBytes } from 'node:crypto';
import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunContext } from '../../src/contract/run-context.ts';
import { lifeOf, processIdentity } from '../../src/process-identity.ts';
import { endPostmaster } from './postmaster.ts';
import type { User } from './scratch-user.ts';

const prefix = 'dbo-scratch-';

/** A name for the folder of a temporary cluster that tells whose it is. */
export async function scratchFolderName(): Promise<string> {
  const identity = (await processIdentity()) ?? 'unknown';
  return `${prefix}${identity}-${randomBytes(4).toString('hex')}`;
}

/** Where such folders may be. A socket's path is short, and so may not be in the first of them. */
export function scratchBases({ env }: Pick<RunContext, 'env'>): string[] {
  const temporary = env.TMPDIR?.replace(/\/+$/, '');
  return [...new Set([...(temporary?.startsWith('/') ? [temporary] : []), '/tmp'])];
}

/** Removes what runs have left there that are dead. What cannot be removed is not ours. */
export async function clearLeftFolders(bases: readonly string[], user: User | undefined): Promise<void> {
  for (const base of bases) {
    for (const name of await readdir(base).catch(() => [])) {
      const identity = /^dbo-scratch-(\w+-\d+-\w+)-\w+$/.exec(name)?.[1];
      if (identity !== undefined && (await lifeOf(identity)) === 'dead')
        await clearScratchFolder(join(base, name), user).catch(() => undefined);
    }
  }
}

/** Ends the server of a temporary cluster, should it still run, and removes all of it. */
export async function clearScratchFolder(folder: string, user: User | undefined): Promise<void> {
  const found = await lstat(folder).catch(() => undefined);
  // Anyone may make a folder of this name in /tmp, and root would remove what a link in it leads to.
  const owners = [process.getuid?.(), user?.uid];
  if (!found?.isDirectory() || !owners.includes(found.uid)) return;
  await endPostmaster(join(folder, 'data'));
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
