import { readdirSync, readFileSync } from 'node:fs';
import { waitUntil } from './wait-until.ts';

/** Ends the processes that a run has started and not ended. They are known by DBO_STAGE in their environment. */
export async function endStrays(folder: string): Promise<void> {
  signalAll(folder, 'SIGTERM');
  await waitUntil('what the tests started has ended', () => strays(folder).length === 0, 15_000).catch(() => {
    signalAll(folder, 'SIGKILL');
  });
}

/** Processes of this run; elsewhere than on Linux none can be found. */
export function strays(folder: string): number[] {
  if (process.platform !== 'linux') return [];
  const pids = readdirSync('/proc')
    .map(Number)
    .filter(pid => pid > 0 && pid !== process.pid);
  return pids.filter(pid => environment(pid).includes(`DBO_STAGE=${folder}`));
}

function environment(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
  } catch {
    // It has ended, or is another user's.
    return [];
  }
}

function signalAll(folder: string, signal: NodeJS.Signals): void {
  for (const pid of strays(folder)) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended by itself.
    }
  }
}
