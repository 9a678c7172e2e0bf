import { Transform, type TransformCallback } from 'node:stream';

/** Begins a mark; a line of text never ends with it, so that no answer of a session is held back. */
export const markStart = '\x04';

/**
 * Passes output on and takes off the mark that the wrapper writes when the program has ended. Only a stream that
 * ended with it is whole: the engine's stream ends in the same way when the program is done, when the container is
 * killed and when the connection is cut.
 */
export class EndMark extends Transform {
  readonly #mark: Buffer;
  /** The end of what came, as long as it may be the beginning of the mark. */
  #held = Buffer.alloc(0);

  constructor(mark: string) {
    super();
    this.#mark = Buffer.from(markStart + mark, 'latin1');
  }

  /** Whether the last that came was the mark. */
  get whole(): boolean {
    return this.#held.length === this.#mark.length;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const at = this.#possibleMark(bytes);
    if (at > 0) this.push(bytes.subarray(0, at));
    this.#held = Buffer.from(bytes.subarray(at));
    callback();
  }

  override _flush(callback: TransformCallback): void {
    if (!this.whole && this.#held.length > 0) this.push(this.#held);
    callback();
  }

  /** Where the longest end of `bytes` stands that the mark begins with; their length when there is none. */
  #possibleMark(bytes: Buffer): number {
    let at = bytes.indexOf(this.#mark[0]!, Math.max(0, bytes.length - this.#mark.length));
    while (at >= 0 && !bytes.subarray(at).equals(this.#mark.subarray(0, bytes.length - at)))
      at = bytes.indexOf(this.#mark[0]!, at + 1);
    return at < 0 ? bytes.length : at;
  }
}
