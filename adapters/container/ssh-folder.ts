import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lifeOf, processIdentity } from '../../src/process-identity.ts';

/** Not TMPDIR: the path of a socket is short, and ssh reads some characters in it in its own way. */
const base = '/tmp';
const prefix = 'dbo-ssh-';

/** A folder that only this user can enter, named so that a later run can tell whose it is. */
export async function makeSshFolder(): Promise<string> {
  await clearLeftSshFolders();
  const identity = (await processIdentity()) ?? 'unknown';
  const folder = join(base, `${prefix}${identity}-${randomBytes(4).toString('hex')}`);
  mkdirSync(folder, { mode: 0o700 });
  return folder;
}

export function removeSshFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Runs that were killed leave theirs behind; their ssh has ended with them. */
async function clearLeftSshFolders(): Promise<void> {
  for (const name of readdirSync(base)) {
    const identity = /^dbo-ssh-(\w+-\d+-\w+)-\w+$/.exec(name)?.[1];
    if (identity === undefined || (await lifeOf(identity)) !== 'dead') continue;
    const found = lstatSync(join(base, name), { throwIfNoEntry: false });
    if (found?.isDirectory() && found.uid === process.getuid?.()) removeSshFolder(join(base, name));
  }
}
