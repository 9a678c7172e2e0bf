import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { StreamDigest } from './meter.ts';

/**
 * A file that programs write to at its end, and others are appended to. It is read as it grows, for the SHA-256 of the whole,
 * and is on its way to the disk meanwhile. Steps are taken one after the other; when one fails, those behind it do too.
 */
export interface JoinedFile {
  /** Appends another one as it is, when nothing else writes any more; fulfils with its bytes. */
  append(file: FileHandle): Promise<number>;
  /** Of all that is in the file. */
  digest(): Promise<StreamDigest>;
  /** Lets go of the file. Safe to call at any time. */
  stop(): Promise<void>;
}

export function joinedFile(to: FileHandle): JoinedFile {
  const hash = createHash('sha256');
  let bytes = 0;
  let last: Promise<unknown> = Promise.resolve();
  let synced: Promise<void> = Promise.resolve();
  /** One is read into while the other is worked on. */
  let [buffer, other] = [Buffer.allocUnsafeSlow(bufferSize), Buffer.allocUnsafeSlow(bufferSize)];
  const read = async (file: FileHandle, position: number): Promise<Buffer> => {
    [buffer, other] = [other, buffer];
    const into = buffer;
    const { bytesRead } = await file.read(into, 0, bufferSize, position);
    return into.subarray(0, bytesRead);
  };

  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = last.then(work);
    result.catch(() => undefined); // who calls next is told, too
    last = result;
    return result;
  };
  const take = async (file: FileHandle, start: number): Promise<number> => {
    let size = 0;
    let reading = read(file, start);
    try {
      for (let piece = await reading; piece.length > 0; piece = await reading) {
        size += piece.length;
        reading = read(file, start + size);
        const written = file === to ? undefined : to.writeFile(piece); // all of it, which one write may not take
        hash.update(piece);
        await written;
      }
    } finally {
      await reading.catch(() => undefined);
    }
    if (size > 0) sync();
    bytes += size;
    return size;
  };
  // A failure is told only once, so the one who publishes the file would not learn of it.
  const sync = () => {
    synced = synced.then(() => to.datasync());
    synced.catch(() => undefined); // told by the digest
  };
  const grown = () => inTurn(() => take(to, bytes));
  const timer = setInterval(grown, every);
  return {
    async append(file) {
      await grown();
      return inTurn(() => take(file, 0));
    },
    async digest() {
      await grown();
      await synced;
      return { bytes, sha256: hash.copy().digest('hex') };
    },
    async stop() {
      clearInterval(timer);
      await Promise.allSettled([last, synced]);
    },
  };
}

const every = 500; // milliseconds
/** Streams of small pieces take four times as long. */
const bufferSize = 4 * 1024 * 1024;
