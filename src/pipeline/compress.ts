import { spawn } from 'node:child_process';
import { type FileHandle, readFile } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { ClientFailure } from '../contract/adapter.ts';
import type { RunContext } from '../contract/run-context.ts';
import { recordedLength } from './gzip-trailer.ts';
import { findIgzip } from './igzip.ts';
import { counter } from './meter.ts';

/** Compresses a text to gzip at the end of a file. */
export interface Compression {
  /** Takes the text. A program can be given the pipe behind it. */
  readonly input: Writable;
  /** Bytes of text that were taken so far, about. */
  rawBytes(): Promise<number>;
  /** Fulfils, with the bytes of text, when all of it is in the file. */
  readonly done: Promise<number>;
}

export type Compress = (file: FileHandle) => Compression;

/**
 * igzip, where there is one: a tenth of the time of gzip's own level 6, for a file that is about a tenth larger, or as
 * large where the text is less even. Else Node's zlib, which does several texts side by side, at level 1: a fifth of the
 * time.
 */
export async function bestCompress(run: Pick<RunContext, 'env'>): Promise<Compress> {
  if (process.platform !== 'linux') return inProcess; // how much a program has read is only known there
  const igzip = await findIgzip(run);
  return igzip === undefined ? inProcess : file => byIgzip(igzip, file);
}

export function inProcess(file: FileHandle): Compression {
  let raw = 0;
  const input = counter(bytes => {
    raw = bytes;
  });
  const gzip = createGzip({ level: 1, chunkSize: 256 * 1024 });
  // No write stream: one that is destroyed closes the descriptor behind the handle's back, whatever autoClose says.
  const done = pipeline(input, gzip, stored => file.writeFile(stored)).then(() => raw);
  done.catch(() => undefined);
  return { input, rawBytes: async () => raw, done };
}

function byIgzip(path: string, file: FileHandle): Compression {
  const child = spawn(path, ['-3', '--no-name', '--stdout'], { stdio: ['pipe', file.fd, 'pipe'], env: {} });
  let stderr = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-4096);
  });
  child.stdin!.on('error', () => undefined); // told through `done`
  let seen = 0;
  const rawBytes = async () => {
    seen = Math.max(seen, await bytesRead(child.pid));
    return seen;
  };
  // How much it has read, to within half of what the member's own count of bytes wraps around at.
  const timer = setInterval(rawBytes, 1000);
  const done = new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code => {
      clearInterval(timer);
      if (code === 0) memberLength(file, seen).then(resolve, reject);
      else whyNotWritten(file).then(why => reject(why ?? new ClientFailure('igzip', code, stderr)));
    });
  });
  done.catch(() => undefined);
  return { input: child.stdin!, rawBytes, done };
}

/** A full disk or a limit meets us too; igzip does not say what it met. */
function whyNotWritten(file: FileHandle): Promise<unknown> {
  return file.writeFile(Buffer.alloc(1024 * 1024)).then(
    () => undefined,
    error => error,
  );
}

/** How often the trailer's length has wrapped around is known from what was seen. */
async function memberLength(file: FileHandle, seen: number): Promise<number> {
  const { size } = await file.stat();
  const low = (await recordedLength(file, size)) ?? 0;
  const wraps = Math.max(0, Math.round((seen - low) / 2 ** 32));
  return low + wraps * 2 ** 32;
}

/** By a process that runs; 0 where that is not known. */
async function bytesRead(pid: number | undefined): Promise<number> {
  const io = await readFile(`/proc/${pid}/io`, 'latin1').catch(() => '');
  return Number(/^rchar: (\d+)$/m.exec(io)?.[1] ?? 0);
}
