import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { OrchestrateError } from '../errors.ts';
import { type Digester, digester, type StreamDigest } from './meter.ts';

export interface StoredText {
  readonly gzip: boolean;
  readonly signal: AbortSignal;
  /** Bytes of the file from `start` up to, but not including, `end`; else all of it. */
  readonly part?: { readonly start: number; readonly end: number };
  /** What takes the SHA-256. */
  readonly digest?: Digester;
}

/**
 * Reads a .sql or .sql.gz file, or whole gzip members of one, from the first to the last byte and hands the text on.
 * Fulfils with bytes and SHA-256 of what is stored. Rejects with `bad-file` when the gzip is not whole.
 */
export async function readText(
  path: string,
  { gzip, signal, part, digest: stored = digester() }: StoredText,
  sink: (text: AsyncIterable<Buffer>) => Promise<void>,
): Promise<StreamDigest> {
  const gunzip = gzip ? createGunzip({ chunkSize }) : undefined;
  const range = part && { start: part.start, end: part.end - 1 };
  const source = createReadStream(path, { highWaterMark: chunkSize, ...range });
  try {
    if (gunzip) await pipeline(source, stored.stream, gunzip, sink, { signal });
    else await pipeline(source, stored.stream, sink, { signal });
  } catch (error) {
    throw isZlibError(error) ? damaged(path, (error as Error).message, error) : error;
  }
  const digest = stored.result();
  // Node reads on after a member only when another one follows, and says nothing of what it left.
  if (gunzip && gunzip.bytesWritten !== digest.bytes)
    throw damaged(path, 'bytes that are no gzip follow the last member');
  return digest;
}

/** Larger ones are no quicker, and stay in memory longer before they are collected: 20 MB more at the peak. */
const chunkSize = 64 * 1024;

function isZlibError(error: unknown): boolean {
  return String((error as NodeJS.ErrnoException).code).startsWith('Z_');
}

function damaged(path: string, what: string, cause?: unknown): OrchestrateError {
  return new OrchestrateError('bad-file', `${path} is damaged: ${what}`, {
    cause,
    hint: 'Choose another backup; db-orchestrate list shows them.',
  });
}
