import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

export interface MemoryUse {
  /** The most that the process and its descendants had resident at one time, in bytes. */
  readonly total: number;
  /** The highest that one process of each program had: its name → bytes. */
  readonly programs: Readonly<Record<string, number>>;
}

/** Watches a process and all that it starts until `stop` is called. Linux only. */
export function watchMemory(pid: number): { stop(): MemoryUse } {
  let total = 0;
  const programs: Record<string, number> = {};
  const look = () => {
    let sum = 0;
    for (const process of family(pid)) {
      sum += process.now;
      programs[process.name] = Math.max(programs[process.name] ?? 0, process.peak);
    }
    total = Math.max(total, sum);
  };
  look();
  const timer = setInterval(look, 20);
  return {
    stop() {
      clearInterval(timer);
      return { total, programs };
    },
  };
}

interface Seen {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  readonly now: number;
  readonly peak: number;
}

function family(root: number): Seen[] {
  const all = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(look);
  const members = all.filter(process => process.pid === root);
  // Grows while it is walked: each member brings its children.
  for (const member of members) members.push(...all.filter(process => process.parent === member.pid));
  return members;
}

function look(pid: string): Seen[] {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const name = basename(readlinkSync(`/proc/${pid}/exe`));
    const field = (name: string) => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1] ?? '0';
    const bytes = (name: string) => Number(field(name)) * 1024;
    return [
      {
        pid: Number(pid),
        parent: Number(field('PPid')),
        name,
        now: bytes('VmRSS'),
        peak: bytes('VmHWM'),
      },
    ];
  } catch {
    // It ended while it was looked at.
    return [];
  }
}
