import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';

/** Counts the bytes that pass, and tells the sum after each chunk. */
export function counter(tell: (bytes: number) => void): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, pass) {
      bytes += chunk.length;
      tell(bytes);
      pass(null, chunk);
    },
  });
}

export interface StreamDigest {
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** Counts the bytes that pass and takes their SHA-256; `result` is asked once, when the stream has ended. */
export function digester(): { stream: Transform; result: () => StreamDigest } {
  const hash = createHash('sha256');
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, pass) {
      hash.update(chunk);
      bytes += chunk.length;
      pass(null, chunk);
    },
  });
  return { stream, result: () => ({ bytes, sha256: hash.digest('hex') }) };
}
