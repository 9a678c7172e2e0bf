import type { FileHandle } from 'node:fs/promises';

const length = 4;

/** Bytes of text of the gzip member that ends at `end`, modulo 2^32, as its trailer says; undefined where no trailer fits. */
export async function recordedLength(file: FileHandle, end: number): Promise<number | undefined> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, Math.max(0, end - length));
  return bytesRead === length ? buffer.readUInt32LE() : undefined;
}
