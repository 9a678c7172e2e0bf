import { createReadStream } from 'node:fs';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, type Gunzip } from 'node:zlib';
import { OrchestrateError } from '../errors.ts';
import { digester, type StreamDigest } from './meter.ts';

/**
 * Reads a .sql or .sql.gz file from its first to its last byte and hands its text on, through `steps`. Fulfils
 * with bytes and SHA-256 of the stored file. Rejects with `bad-file` when the gzip is not whole.
 */
export async function readText(
  path: string,
  { gzip, signal, steps = [] }: { gzip: boolean; signal: AbortSignal; steps?: Transform[] },
  sink: (text: AsyncIterable<Buffer>) => Promise<void>,
): Promise<StreamDigest> {
  const stored = digester();
  const gunzip = gzip ? [createGunzip({ chunkSize: 256 * 1024 })] : [];
  const source = createReadStream(path, { highWaterMark: 256 * 1024 });
  try {
    await pipeline([source, stored.stream, ...gunzip, ...steps, sink], { signal });
  } catch (error) {
    throw isZlibError(error) ? damaged(path, (error as Error).message, error) : error;
  }
  const digest = stored.result();
  for (const { bytesWritten } of gunzip as Gunzip[]) {
    // Node reads on after a member only when another one follows, and says nothing of what it left.
    if (bytesWritten !== digest.bytes) throw damaged(path, 'bytes that are no gzip follow the last member');
  }
  return digest;
}

function isZlibError(error: unknown): boolean {
  return String((error as NodeJS.ErrnoException).code).startsWith('Z_');
}

function damaged(path: string, what: string, cause?: unknown): OrchestrateError {
  return new OrchestrateError('bad-file', `${path} is damaged: ${what}`, {
    cause,
    hint: 'Choose another backup; db-orchestrate list shows them.',
  });
}
