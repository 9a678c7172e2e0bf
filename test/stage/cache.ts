import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const folder = resolve(import.meta.dirname, '../../.cache');

/** A folder that is made once and kept for later runs. It has its name only when it is whole. */
export async function cached(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const path = join(folder, name);
  if (existsSync(path)) return path;
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = mkdtempSync(`${path}.making-`);
  try {
    await make(unfinished);
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    // Another run was quicker: what it made is as good.
    if (!existsSync(path)) throw error;
  }
  return path;
}
