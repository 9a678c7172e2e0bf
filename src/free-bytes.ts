import { statfs } from 'node:fs/promises';

/** How many bytes are free where a folder of this host is. Undefined where it cannot be told. */
export async function freeBytes(directory: string): Promise<number | undefined> {
  return statfs(directory).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => undefined,
  );
}
