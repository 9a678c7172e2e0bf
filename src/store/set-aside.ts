import { rename } from 'node:fs/promises';
import { companionNames } from '../catalog/manifest.ts';

/**
 * Gives a backup that did not prove a name that no list, retention or `latest` takes for a backup's; returns its new
 * path. The data first: what stands beside it without it is cleared by the next run.
 */
export async function setAside(path: string): Promise<string> {
  const aside = `${path}.unproven`;
  await rename(path, aside);
  for (const [index, companion] of companionNames(path).entries())
    await rename(companion, companionNames(aside)[index]!).catch(error => {
      if (error.code !== 'ENOENT') throw error;
    });
  return aside;
}
