import { readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { hostProgram } from '../../src/host-program.ts';

/** How long a server may take to end its sessions: it kills them itself after five seconds. */
const patience = 10_000; // milliseconds

/** Ends the server of a data folder, if one runs, without saving anything. Fulfils when it is gone. */
export async function endPostmaster(data: string): Promise<void> {
  const file = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number(/^\d+/.exec(file)?.[0] ?? 0);
  // Its immediate end also frees its shared memory, which SIGKILL would leave.
  for (const signal of ['SIGQUIT', 'SIGKILL'] as const) {
    for (let waited = 0; waited < patience; waited += 50) {
      if (!(await serves(pid, data))) return;
      if (waited === 0) send(pid, signal);
      await delay(50);
    }
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has just ended by itself.
  }
}

/** The number may meanwhile be another process's: that of a server works in its data folder. */
async function serves(pid: number, data: string): Promise<boolean> {
  if (pid < 2) return false;
  if (process.platform === 'linux') {
    const folder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
    return folder !== undefined && folder === (await realpath(data).catch(() => data));
  }
  const start = await hostProgram();
  const { stdout } = await start('ps', ['-ww', '-o', 'command=', '-p', String(pid)]);
  return String(stdout ?? '').includes(data);
}
