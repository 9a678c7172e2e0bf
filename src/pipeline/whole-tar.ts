import { incompleteDump } from '../postgres/dump-text/bad-dump.ts';

const blockLength = 512;

/**
 * Passes a tar archive on, and rejects with `bad-file` where one that was cut short ends: pg_restore would look for the
 * rest of it for ever.
 */
export async function* wholeTar(archive: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let header: Buffer = Buffer.alloc(0);
  /** Of the member's content, with its padding. */
  let remaining = 0;
  let ended = false;
  for await (const chunk of archive) {
    let rest = chunk;
    while (rest.length > 0 && !ended) {
      const part = rest.subarray(0, remaining || blockLength - header.length);
      rest = rest.subarray(part.length);
      if (remaining > 0) {
        remaining -= part.length;
        continue;
      }
      header = Buffer.concat([header, part]);
      if (header.length < blockLength) continue;
      ended = header.every(byte => byte === 0);
      remaining = Math.ceil(contentLength(header) / blockLength) * blockLength;
      header = Buffer.alloc(0);
    }
    yield chunk;
  }
  if (!ended) throw incompleteDump('its tar archive has no end');
}

/** In octal digits; from 8 GiB on as a number of 11 bytes behind a mark. */
function contentLength(header: Buffer): number {
  const field = header.subarray(124, 136);
  if (field[0] === 0x80) return field.readUIntBE(1, 5) * 2 ** 48 + field.readUIntBE(6, 6);
  return Number.parseInt(field.toString('latin1'), 8) || 0;
}
