import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { ClientFailure, ClientProcess } from '../contract/adapter.ts';
import { createDataStart } from '../postgres/dump-text/data-start.ts';
import { closingLine } from './closing-line.ts';
import type { Compress, Compression } from './compress.ts';
import { type Write, writer } from './writer.ts';

/** Where a dump is stored. */
export interface DumpPlaces {
  readonly compress: Compress;
  /** Its text up to where the rows of tables could stand; all of it where there is no other place for the rest. */
  readonly head: FileHandle;
  readonly rest?: FileHandle | undefined;
  /** Told when the first place has all that belongs there. */
  readonly onHead?: () => void;
}

/**
 * Stores a running dump as gzip. Fulfils, with the bytes of text in each place, only when the program exited 0, every
 * stream ended and the closing line was seen; a stream that merely ends says nothing. `addition` gives text that goes
 * before the closing line.
 */
export async function writeDump(
  dump: ClientProcess,
  places: DumpPlaces,
  addition: () => Promise<Buffer>,
  tell: (rawBytes: number) => void,
): Promise<{ head: number; rest: number }> {
  const sizes = { head: 0, rest: 0 };
  const written = pipeline(dump.stdout, closingLine(addition), async (text: AsyncIterable<Buffer>) => {
    Object.assign(sizes, await store(text, places, tell));
  });
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
  return sizes;
}

/** Goes over to the other place where the rows of tables could stand. */
async function store(
  text: AsyncIterable<Buffer>,
  { compress, head, rest, onHead }: DumpPlaces,
  tell: (rawBytes: number) => void,
): Promise<{ head: number; rest: number }> {
  let compression = compress(head);
  let write = compressing(compression);
  let start = rest === undefined ? undefined : createDataStart();
  let headBytes = 0;
  let held: Buffer = Buffer.alloc(0);
  let bytes = 0;
  try {
    for await (const chunk of text) {
      bytes += chunk.length;
      tell(bytes);
      const at = start?.push(chunk);
      const pending = start ? Buffer.concat([held, chunk]) : chunk;
      if (!start) await write(chunk);
      else if (at === undefined) {
        // What is being read may turn out to be the header, above which a line of two dashes stands.
        const end = Math.max(0, pending.lastIndexOf(10) - 2);
        await write(pending.subarray(0, end));
        held = pending.subarray(end);
      } else {
        const cut = pending.length - (bytes - at);
        await write(pending.subarray(0, cut));
        headBytes = await ended(compression);
        onHead?.();
        compression = compress(rest!);
        write = compressing(compression);
        await write(pending.subarray(cut));
        start = undefined;
      }
    }
    const last = await ended(compression);
    return rest === undefined ? { head: last, rest: 0 } : { head: headBytes, rest: last };
  } catch (error) {
    compression.input.destroy();
    await compression.done.catch(() => undefined);
    throw error;
  }
}

/** A compressor that fails says why; the stream to it may only break, or be silent for ever. */
function compressing({ input, done }: Compression): Write {
  const write = writer(input);
  let giveUp: (reason: unknown) => void = () => undefined;
  done.catch(reason => giveUp(reason));
  return chunk =>
    new Promise((resolve, reject) => {
      giveUp = reject;
      write(chunk).then(resolve, error => done.then(() => reject(error), reject));
    });
}

function ended({ input, done }: Compression): Promise<number> {
  input.end();
  return done;
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
