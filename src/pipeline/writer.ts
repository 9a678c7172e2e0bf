import type { Writable } from 'node:stream';

/** Writes one piece, and waits until it was taken. */
export type Write = (chunk: Buffer) => Promise<void>;

/** Each write tells of its own failure; the stream itself then needs no listener. */
export function writer(stream: Writable): Write {
  stream.on('error', () => undefined);
  return chunk =>
    new Promise((resolve, reject) => {
      stream.write(chunk, error => (error ? reject(error) : resolve()));
    });
}
