import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const folder = cacheFolder();

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

/** In the repository, but for a repository that PostgreSQL's own user cannot enter: in root's home, say. */
function cacheFolder(): string {
  const repository = resolve(import.meta.dirname, '../..');
  let open = true;
  for (let path = repository; path !== dirname(path); path = dirname(path)) {
    open &&= (statSync(path).mode & 0o001) !== 0;
  }
  return open || process.getuid?.() !== 0 ? join(repository, '.cache') : '/var/tmp/db-orchestrate-cache';
}
