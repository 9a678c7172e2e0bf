import { rename } from 'node:fs/promises';
import { manifestName } from '../catalog/manifest.ts';

/**
 * Gives a backup that did not prove a name that no list, retention or `latest` takes for a backup's; returns its new
 * path. The data first: a manifest without its data is cleared by the next run.
 */
export async function setAside(path: string): Promise<string> {
  const aside = `${path}.unproven`;
  await rename(path, aside);
  await rename(manifestName(path), manifestName(aside));
  return aside;
}
