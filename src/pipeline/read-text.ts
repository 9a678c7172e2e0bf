import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { gzipSync } from 'node:zlib';
import type { RunContext } from '../contract/run-context.ts';
import { OrchestrateError } from '../errors.ts';
import { BrokenGzip, type Decompression, igunzip, unzip } from './decompress.ts';
import { recordedLength } from './gzip-trailer.ts';
import { findIgzip } from './igzip.ts';
import { counter, type Digester, digester, followedBy, type StreamDigest } from './meter.ts';

export interface StoredText {
  readonly gzip: boolean;
  /** Bytes of the file from `start` up to, but not including, `end`; else all of it. */
  readonly part?: { readonly start: number; readonly end: number };
  /**
   * How many bytes of text the last gzip member is said to hold. Where its trailer bears that out, it is known that
   * nothing follows the member, and a program that would pass over that in silence may unpack it.
   */
  readonly lastMember?: number | undefined;
  /** What takes the SHA-256. */
  readonly digest?: Digester;
  /** Told how many stored bytes were taken so far. */
  readonly tell?: (bytes: number) => void;
}

type Reading = Pick<RunContext, 'signal' | 'env'>;

/**
 * Reads a .sql or .sql.gz file, or whole gzip members of one, from the first to the last byte and hands the text on.
 * Fulfils with bytes and SHA-256 of what is stored. Rejects with `bad-file` when the gzip is not whole.
 */
export async function readText(
  path: string,
  stored: StoredText,
  run: Reading,
  sink: (text: AsyncIterable<Buffer>) => Promise<void>,
): Promise<StreamDigest> {
  const { digest = digester() } = stored;
  if (!stored.gzip) {
    await pipeline(sourceOf(path, stored), digest.stream, sink, { signal: run.signal });
    return digest.result();
  }
  const unpacking = unzip();
  return unpack(path, { ...stored, digest }, unpacking, run, ended => sink(wholeText(unpacking, ended)));
}

/**
 * The same for gzip whose text goes to another program, with `last` behind it: by a pipe between the two, where there can
 * be one. Ends `output`.
 */
export async function pourText(
  path: string,
  stored: StoredText,
  run: Reading,
  output: Writable,
  last: Buffer,
): Promise<StreamDigest> {
  const { digest = digester() } = stored;
  const quick = await canBeQuick(path, stored, run, output);
  if (quick)
    return unpack(path, { ...stored, digest, last: gzipSync(last) }, quick, run, async () => undefined);
  const unpacking = unzip();
  return unpack(path, { ...stored, digest }, unpacking, run, async ended => {
    await pipeline(wholeText(unpacking, ended), followedBy(last), output);
  });
}

async function unpack(
  path: string,
  stored: StoredText & { readonly digest: Digester; readonly last?: Buffer },
  unpacking: Decompression,
  { signal }: Reading,
  take: (ended: () => Promise<void>) => Promise<void>,
): Promise<StreamDigest> {
  const { digest, tell, last } = stored;
  const source = [sourceOf(path, stored), ...(tell ? [counter(tell)] : []), digest.stream];
  const steps = [...source, ...(last ? [followedBy(last)] : []), unpacking.input];
  const feeding = pipeline(steps, { signal });
  feeding.catch(unpacking.kill);
  let result: Promise<StreamDigest> | undefined;
  const whole = async () => {
    const [fed, unpacked] = await Promise.allSettled([feeding, unpacking.done]);
    if (unpacked.status === 'rejected' && unpacked.reason instanceof BrokenGzip)
      throw damaged(path, unpacked.reason.message, unpacked.reason);
    if (fed.status === 'rejected') throw fed.reason;
    if (unpacked.status === 'rejected') throw unpacked.reason;
    const taken = digest.result();
    // Node reads on after a member only when another one follows, and says nothing of what it left.
    if ((unpacked.value ?? taken.bytes) !== taken.bytes)
      throw damaged(path, 'bytes that are no gzip follow the last member');
    return taken;
  };
  const ended = () => {
    result ??= whole();
    return result;
  };
  try {
    await take(async () => void (await ended()));
    return await ended();
  } catch (error) {
    unpacking.kill();
    await Promise.allSettled([feeding, unpacking.done]);
    throw error;
  }
}

/** A text that broke off is not one that ended. */
async function* wholeText(
  { output }: ReturnType<typeof unzip>,
  ended: () => Promise<void>,
): AsyncGenerator<Buffer> {
  try {
    yield* output as AsyncIterable<Buffer>;
  } catch (error) {
    await ended();
    throw error;
  }
  await ended();
}

/** Undefined where it must be zlib, which tells of what follows the last member. */
async function canBeQuick(
  path: string,
  { part, lastMember }: StoredText,
  run: Reading,
  into: Writable,
): Promise<Decompression | undefined> {
  if (lastMember === undefined || (await lastLength(path, part?.end)) !== lastMember % 2 ** 32)
    return undefined;
  const igzip = await findIgzip(run);
  return igzip === undefined ? undefined : igunzip(igzip, into);
}

async function lastLength(path: string, end: number | undefined): Promise<number | undefined> {
  const file = await open(path);
  try {
    return await recordedLength(file, end ?? (await file.stat()).size);
  } finally {
    await file.close();
  }
}

/** With smaller pieces igzip waits for the next one. */
const pieceSize = 1024 * 1024;

function sourceOf(path: string, { part }: StoredText) {
  const range = part && { start: part.start, end: part.end - 1 };
  return createReadStream(path, { highWaterMark: pieceSize, ...range });
}

function damaged(path: string, what: string, cause?: unknown): OrchestrateError {
  return new OrchestrateError('bad-file', `${path} is damaged: ${what}`, {
    cause,
    hint: 'Choose another backup; db-orchestrate list shows them.',
  });
}
