import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { ClientFailure, ClientProcess } from '../contract/adapter.ts';
import { closingLine } from './closing-line.ts';
import { counter, digester } from './meter.ts';

export interface WrittenDump {
  /** Bytes of dump text. */
  readonly rawBytes: number;
  /** Bytes of the stored file, and their SHA-256. */
  readonly bytes: number;
  readonly sha256: string;
}

/** Level 1: a fifth of the time of gzip's own 6 for a file that is hardly larger. */
const compression = { level: 1, chunkSize: 256 * 1024 };

/**
 * Stores a running dump as gzip. Fulfils only when the program exited 0, every stream ended and the closing line
 * was seen; a stream that merely ends says nothing. `addition` gives text that goes before the closing line.
 */
export async function writeDump(
  dump: ClientProcess,
  file: FileHandle,
  addition: () => Promise<Buffer>,
  tell: (rawBytes: number) => void,
): Promise<WrittenDump> {
  let rawBytes = 0;
  const count = counter(bytes => {
    rawBytes = bytes;
    tell(bytes);
  });
  const digest = digester();
  const written = pipeline(
    dump.stdout,
    closingLine(addition),
    count,
    createGzip(compression),
    digest.stream,
    // No write stream: one that is destroyed closes the descriptor behind the handle's back, whatever autoClose says.
    stored => file.writeFile(stored),
  );
  // The program's own words say more than a stream that broke because the program did.
  const [program, stored] = await Promise.allSettled([
    dump.done,
    written.catch(error => {
      // Where only the end is missing, the program has ended, and how it did says why.
      if (!isMissingEnd(error)) dump.kill();
      throw error;
    }),
  ]);
  if (stored.status === 'rejected' && (!isConsequence(stored.reason) || exitedWell(program)))
    throw stored.reason;
  if (program.status === 'rejected') throw program.reason;
  if (stored.status === 'rejected') throw stored.reason;
  return { rawBytes, ...digest.result() };
}

/** A dump that stopped short is what becomes of a program that failed; a full disk is not. */
function isConsequence(error: NodeJS.ErrnoException): boolean {
  return isMissingEnd(error) || error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}

function isMissingEnd(error: NodeJS.ErrnoException): boolean {
  return error.code === 'backup-failed';
}

/** Its output was given up before its end, but it did not fail. */
function exitedWell(program: PromiseSettledResult<void>): boolean {
  return program.status === 'rejected' && (program.reason as ClientFailure).exitCode === 0;
}
