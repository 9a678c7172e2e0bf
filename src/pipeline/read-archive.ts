import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ClientProcess } from '../contract/adapter.ts';
import { digester, type StreamDigest } from './meter.ts';

/** Writes an archive, piece by piece; each piece waits until it was taken. */
export type FeedArchive = (write: (chunk: Buffer) => Promise<void>) => Promise<void>;

/**
 * Hands on the text that a pg_restore makes of an archive, from its first to its last byte. Fulfils, with bytes and
 * SHA-256 of the text, only when pg_restore exited 0 and the archive was read to its end. Rejects with whatever failed
 * first: what follows from it says less.
 */
export async function readArchive(
  pgRestore: ClientProcess,
  feed: FeedArchive | undefined,
  sink: (text: AsyncIterable<Buffer>) => Promise<void>,
): Promise<StreamDigest> {
  const text = digester();
  const work = [
    pgRestore.done,
    pipeline(pgRestore.stdout, text.stream, sink),
    feed?.(writer(pgRestore)).then(() => pgRestore.stdin.end()),
  ];
  try {
    await Promise.all(work);
    return text.result();
  } catch (error) {
    pgRestore.kill();
    await Promise.allSettled(work);
    throw error;
  }
}

/** pg_restore ends at the last byte that it needs. If it did so well, the rest of the archive is read for its own sake. */
function writer({ stdin, done }: ClientProcess): (chunk: Buffer) => Promise<void> {
  stdin.on('error', () => undefined); // each write tells
  return chunk => written(stdin, chunk).catch(() => done);
}

function written(stdin: Writable, chunk: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    stdin.write(chunk, error => (error ? reject(error) : resolve()));
  });
}
