import { randomBytes } from 'node:crypto';
import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunContext } from './contract/run-context.ts';
import { lifeOf, processIdentity } from './process-identity.ts';

/** A name for the folder of a throwaway server that tells whose it is; `kind`: letters. */
export async function scratchFolderName(kind: string): Promise<string> {
  const identity = (await processIdentity()) ?? 'unknown';
  return `dbo-${kind}-${identity}-${randomBytes(4).toString('hex')}`;
}

/** Where such folders may be. A socket's path is short, and so may not be in the first of them. */
export function scratchBases({ env }: Pick<RunContext, 'env'>): string[] {
  const temporary = env.TMPDIR?.replace(/\/+$/, '');
  return [...new Set([...(temporary?.startsWith('/') ? [temporary] : []), '/tmp'])];
}

/** Clears what runs have left there that are dead. What cannot be cleared is not ours. */
export async function clearLeftFolders(
  kind: string,
  bases: readonly string[],
  clear: (folder: string) => Promise<void>,
): Promise<void> {
  const form = new RegExp(`^dbo-${kind}-(\\w+-\\d+-\\w+)-\\w+$`);
  for (const base of bases) {
    for (const name of await readdir(base).catch(() => [])) {
      const identity = form.exec(name)?.[1];
      if (identity !== undefined && (await lifeOf(identity)) === 'dead')
        await clear(join(base, name)).catch(() => undefined);
    }
  }
}

/**
 * Removes a folder that belongs to this user, or to `other`, once `end` has ended what uses it. Anyone may make a folder of
 * such a name in /tmp, and root would remove it.
 */
export async function removeScratchFolder(
  folder: string,
  other?: number,
  end: () => Promise<void> = async () => undefined,
): Promise<void> {
  const found = await lstat(folder).catch(() => undefined);
  const owners = [process.getuid?.(), other];
  if (!found?.isDirectory() || !owners.includes(found.uid)) return;
  await end();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
