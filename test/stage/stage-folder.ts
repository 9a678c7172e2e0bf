import { chmodSync, globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freeBytes } from '../../src/free-bytes.ts';
import { runProgram } from './run-program.ts';
import { endStrays } from './strays.ts';

const prefix = 'dbo-stage-';
const memory = '/dev/shm';

/** A new folder for everything of one run. Clears what runs that were killed have left behind. */
export async function makeStageFolder(home = tmpdir()): Promise<string> {
  for (const folder of [tmpdir(), memory].flatMap(place => globSync(join(place, `${prefix}*`)))) {
    // Another run may be clearing it too; what stays is the next one's.
    if (!isInUse(folder)) await clearStageFolder(folder).catch(() => {});
  }
  const folder = mkdtempSync(join(home, prefix));
  writeFileSync(join(folder, 'owner'), String(process.pid));
  // PostgreSQL runs as another user below it.
  chmodSync(folder, 0o755);
  return folder;
}

/**
 * Linux's file system in memory, where it has room for a whole run: the tests make and remove hundreds of thousands of
 * files, for which ext4 looks longer and longer, as it passes over what was removed in the last minutes.
 */
export async function homeInMemory(): Promise<string | undefined> {
  const mount = mounts().find(([, path]) => path === memory);
  if (!mount || !/^rw\b/.test(mount[3] ?? '') || mount[3]?.includes('noexec')) return undefined;
  const free = (await freeBytes(memory)) ?? 0;
  return free > 4 * 1024 ** 3 ? memory : undefined;
}

/** Ends what is left of a run and removes its folder. */
export async function clearStageFolder(folder: string): Promise<void> {
  await endStrays(folder);
  for (const mount of mountsBelow(folder)) await runProgram(['umount', '-l', mount]);
  for (const bridge of globSync(join(folder, '*/bridge'))) {
    await runProgram(['ip', 'link', 'delete', readFileSync(bridge, 'utf8')]);
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

function isInUse(folder: string): boolean {
  try {
    const owner = Number(readFileSync(join(folder, 'owner'), 'utf8'));
    return process.kill(owner, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EPERM') return true;
    // A run that has only just made its folder has not signed it yet.
    const made = statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    return (error as NodeJS.ErrnoException).code === 'ENOENT' && Date.now() - made < 60_000;
  }
}

function mountsBelow(folder: string): string[] {
  const paths = mounts().map(([, path]) => path ?? '');
  return paths.filter(path => path.startsWith(`${folder}/`)).reverse();
}

/** The fields of what is mounted: what, where, type, options. */
function mounts(): string[][] {
  if (process.platform !== 'linux') return [];
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map(line => line.split(' '));
}
