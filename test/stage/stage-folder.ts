import { chmodSync, globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from './run-program.ts';
import { endStrays } from './strays.ts';

const prefix = 'dbo-stage-';

/** A new folder for everything of one run. Clears what runs that were killed have left behind. */
export async function makeStageFolder(): Promise<string> {
  for (const folder of globSync(join(tmpdir(), `${prefix}*`))) {
    // Another run may be clearing it too; what stays is the next one's.
    if (!isInUse(folder)) await clearStageFolder(folder).catch(() => {});
  }
  const folder = mkdtempSync(join(tmpdir(), prefix));
  writeFileSync(join(folder, 'owner'), String(process.pid));
  // PostgreSQL runs as another user below it.
  chmodSync(folder, 0o755);
  return folder;
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
  if (process.platform !== 'linux') return [];
  const lines = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  const paths = lines.map(line => line.split(' ')[1] ?? '');
  return paths.filter(path => path.startsWith(`${folder}/`)).reverse();
}
