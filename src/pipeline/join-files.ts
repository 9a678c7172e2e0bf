import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { StreamDigest } from './meter.ts';

/**
 * Appends files to the first one, as they are; fulfils with bytes and SHA-256 of the whole, and what each brought.
 */
export async function joinFiles(
  files: readonly FileHandle[],
  to: FileHandle,
): Promise<StreamDigest & { readonly sizes: readonly number[] }> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafeSlow(bufferSize);
  const sizes: number[] = [];
  for (const file of files) {
    let size = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, bufferSize, size);
      if (bytesRead === 0) break;
      const piece = buffer.subarray(0, bytesRead);
      hash.update(piece);
      if (file !== to) await to.writeFile(piece); // all of it, which one write may not take
      size += bytesRead;
    }
    sizes.push(size);
  }
  return { sizes, bytes: sizes.reduce((sum, size) => sum + size, 0), sha256: hash.digest('hex') };
}

/** Streams of small pieces take four times as long. */
const bufferSize = 4 * 1024 * 1024;
