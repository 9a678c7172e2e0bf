import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { hostProgram } from './host-program.ts';

/**
 * Names this process so that a later run can tell whether it still lives: `<machine>-<pid>-<start>`, where a
 * reused process number is told apart by its start, and a process of another machine, boot or container by the
 * machine part (host name and process namespace).
 */
export async function processIdentity(pid = process.pid): Promise<string | undefined> {
  const start = await processStart(pid);
  return start === undefined ? undefined : `${machine()}-${pid}-${digest(start)}`;
}

/** `unknown` when it ran where this process cannot look. */
export async function lifeOf(identity: string): Promise<'alive' | 'dead' | 'unknown'> {
  const [where, pid] = identity.split('-');
  if (where !== machine()) return 'unknown';
  return (await processIdentity(Number(pid))) === identity ? 'alive' : 'dead';
}

function machine(): string {
  return digest(`${hostname()} ${readOr('', () => readlinkSync('/proc/self/ns/pid'))}`);
}

/** The boot is part of the start: after a reboot every earlier process of this machine is dead. */
async function processStart(pid: number): Promise<string | undefined> {
  if (process.platform !== 'linux') {
    const start = await hostProgram();
    const { stdout, exitCode } = await start('ps', ['-o', 'lstart=', '-p', String(pid)]);
    return exitCode === 0 ? stdout.trim() : undefined;
  }
  const stat = readOr(undefined, () => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  const boot = readOr('', () => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim());
  // The second field, the command's name, may hold spaces and parentheses; then the state and, as field 22, the
  // start in clock ticks. A zombie is dead, whether or not its parent has looked.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields && fields[0] !== 'Z' ? `${boot} ${fields[19]}` : undefined;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

function readOr<Fallback>(fallback: Fallback, read: () => string): string | Fallback {
  try {
    return read();
  } catch {
    return fallback;
  }
}
