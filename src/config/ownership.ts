import { lstat, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { OrchestrateError } from '../errors.ts';

/**
 * A config file is code: one that another user could have placed in a shared folder must not run. Rejects with
 * `usage` unless the file, and the link that leads to it, belong to this user or to root.
 */
export async function refuseForeignOwner(file: string): Promise<void> {
  const user = process.geteuid?.();
  if (user === undefined) return; // Windows has no such owners
  for (const { uid } of [await lstat(file), await stat(file)]) {
    if (uid === user || uid === 0) continue;
    throw new OrchestrateError(
      'usage',
      `${file} is not read: it belongs to neither this user nor root, but to the user with id ${uid}`,
      { hint: `If you trust what is in it, take it over with: chown ${userInfo().username} ${quoted(file)}` },
    );
  }
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
