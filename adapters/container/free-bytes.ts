import { runExec } from './exec.ts';
import type { Place } from './place.ts';

/** Undefined where it cannot be told. */
export async function freeBytes(place: Place, directory: string): Promise<number | undefined> {
  const { stdout } = await runExec(place, ['df', '-Pk', '--', directory]);
  const kilobytes = /\s(\d+)\s+\d+%\s/.exec(stdout)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}
