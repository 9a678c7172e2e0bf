import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Of the pipe behind a stream, such as another program's stdin; undefined where there is none. */
export function descriptorOf(output: Writable | undefined): number | undefined {
  const fd = (output as { _handle?: { fd?: number } } | undefined)?._handle?.fd;
  return fd !== undefined && fd >= 0 ? fd : undefined;
}

/** A pipe that the program has been given is closed on our side, or its reader would never see the end. */
export function handOver(from: Readable | null, output: Writable, giveUp: () => void): void {
  if (from) pipeline(from, output).catch(giveUp);
  else output.destroy();
}
