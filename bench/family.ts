import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

/**
 * Bytes that all descendants of some processes have resident at this moment. What is mapped from files counts once
 * for each program: several pg_dumps share it. Of what a process shares with one that it has just been forked from, each
 * has its share. Linux only.
 */
export function residentBytes(roots: readonly number[]): number {
  let own = 0;
  const shared = new Map<string, number>();
  const members = roots.flatMap(childrenOf);
  // Grows while it is walked: each member brings its children.
  for (const pid of members) {
    members.push(...childrenOf(pid));
    const seen = look(pid);
    if (!seen || notOurs.has(seen.program)) continue;
    own += seen.own;
    shared.set(seen.program, Math.max(shared.get(seen.program) ?? 0, seen.file));
  }
  return [...shared.values()].reduce((sum, bytes) => sum + bytes, own);
}

/** Servers, and what the Docker engine itself runs. */
const notOurs = new Set(['postgres', 'runc', 'docker', 'docker-init', 'initdb']);

export function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap(thread =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    // It ended while it was looked at.
    return [];
  }
}

function look(pid: number): { program: string; own: number; file: number } | undefined {
  try {
    const read = (file: string, name: string) =>
      Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(file)?.[1] ?? 0) * 1024;
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    return {
      program: basename(readlinkSync(`/proc/${pid}/exe`)),
      own: read(rollup, 'Pss_Anon') + read(rollup, 'Pss_Shmem'),
      file: read(readFileSync(`/proc/${pid}/status`, 'utf8'), 'RssFile'),
    };
  } catch {
    return undefined;
  }
}
