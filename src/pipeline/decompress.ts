import { type SpawnOptions, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { descriptorOf, handOver } from '../hand-over.ts';

/** Unpacks gzip. */
export interface Decompression {
  /** Takes what is stored. */
  readonly input: Writable;
  /** Fulfils, when all was unpacked, with how much of what was taken belongs to gzip members; undefined when it cannot say. */
  readonly done: Promise<number | undefined>;
  kill(): void;
}

/** The gzip is not whole. */
export class BrokenGzip extends Error {}

/** With smaller ones its thread waits for ours more often: twice the time with 64 KiB. */
const chunkSize = 1024 * 1024;

/** Node's own zlib. */
export function unzip(): Decompression & { readonly output: Readable } {
  const gunzip = createGunzip({ chunkSize });
  const done = new Promise<number>((resolve, reject) => {
    gunzip.on('end', () => resolve(gunzip.bytesWritten));
    gunzip.on('error', error => reject(isZlibError(error) ? new BrokenGzip(error.message) : error));
    gunzip.on('close', () => reject(new Error('the reading was given up')));
  });
  done.catch(() => undefined);
  return { input: gunzip, output: gunzip, done, kill: () => gunzip.destroy() };
}

/**
 * The program `igzip`: half of zlib's time. Whatever follows the last member it passes over in silence. Where `into` has a
 * pipe behind it, such as another program's stdin, the program writes to that, so the text does not come by here.
 */
export function igunzip(path: string, into: Writable): Decompression {
  const stdio: SpawnOptions['stdio'] = ['pipe', descriptorOf(into) ?? 'pipe', 'pipe'];
  const child = spawn(path, ['--decompress', '--stdout'], { stdio, env: {} });
  let stderr = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-4096);
  });
  child.stdin!.on('error', () => undefined); // told through `done`
  handOver(child.stdout, into, () => child.kill());
  const done = new Promise<undefined>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(undefined);
      else if (code === null) reject(new Error(`igzip was ended by ${signal}`));
      else reject(new BrokenGzip(reason(stderr)));
    });
  });
  done.catch(() => undefined);
  return { input: child.stdin!, done, kill: () => child.kill() };
}

/** Without the names that igzip gives itself and its input. */
function reason(stderr: string): string {
  if (stderr.includes('complete gzip file')) return 'unexpected end of file';
  return 'incorrect data, length or checksum';
}

function isZlibError(error: NodeJS.ErrnoException): boolean {
  return String(error.code).startsWith('Z_');
}
