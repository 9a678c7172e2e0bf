import { pipeline } from 'node:stream/promises';
import type { ClientProcess } from '../contract/adapter.ts';
import { digester, type StreamDigest } from './meter.ts';
import { type Write, writer } from './writer.ts';

/** Writes an archive, piece by piece; each piece waits until it was taken. */
export type FeedArchive = (write: Write) => Promise<void>;

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
    feed?.(patientWriter(pgRestore)).then(() => pgRestore.stdin.end()),
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
function patientWriter({ stdin, done }: ClientProcess): Write {
  const write = writer(stdin);
  return chunk => write(chunk).catch(() => done);
}
