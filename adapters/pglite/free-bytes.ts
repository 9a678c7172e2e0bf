import { statfs } from 'node:fs/promises';

/** Undefined where it cannot be told. */
export async function freeBytes(directory: string): Promise<number | undefined> {
  return statfs(directory).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => undefined,
  );
}
