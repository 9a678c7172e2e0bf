import { createHash, type Hash } from 'node:crypto';
import { PassThrough, Transform } from 'node:stream';

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

/** Passes all on, and then `last`. */
export function followedBy(last: Buffer): Transform {
  return new PassThrough({ flush: end => end(null, last) });
}

export interface StreamDigest {
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

export interface Digester {
  readonly stream: Transform;
  /** Asked once, when the stream has ended. */
  result(): StreamDigest;
}

/** Counts the bytes that pass and takes their SHA-256. */
export function digester(): Digester {
  const { stream, result } = markedDigester([]);
  return { stream, result };
}

/**
 * The same, and `states` are what the hash was at each of the `marks`, which are in order: with the state before it a part of the bytes can be read by itself and be known to be the same.
 */
export function markedDigester(
  marks: readonly number[],
  from: Hash = createHash('sha256'),
): Digester & { readonly states: readonly Hash[] } {
  const hash = from.copy();
  const states: Hash[] = [];
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, pass) {
      let taken = 0;
      for (let mark = marks[states.length]; mark !== undefined && mark <= bytes + chunk.length; ) {
        hash.update(chunk.subarray(taken, mark - bytes));
        taken = mark - bytes;
        states.push(hash.copy());
        mark = marks[states.length];
      }
      hash.update(taken === 0 ? chunk : chunk.subarray(taken));
      bytes += chunk.length;
      pass(null, chunk);
    },
  });
  return { stream, states, result: () => ({ bytes, sha256: hash.digest('hex') }) };
}
