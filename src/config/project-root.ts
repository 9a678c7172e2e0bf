import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/**
 * A folder and those above it, up to the project's root: the one that holds `.git`, also as the file that a
 * worktree or submodule has. Without one, up to the home folder or the top.
 */
export function* foldersUpToRoot(start: string, home: string | undefined): Generator<string> {
  const last = home === undefined ? undefined : resolve(home);
  for (let folder = resolve(start); ; folder = dirname(folder)) {
    yield folder;
    if (existsSync(join(folder, '.git')) || folder === last || folder === dirname(folder)) return;
  }
}
