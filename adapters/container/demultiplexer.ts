import { Transform, type TransformCallback } from 'node:stream';

const headerLength = 8;

/**
 * Takes the stream of an exec without a terminal apart: what was written to stdout comes out, what was written to
 * stderr goes to `onStderr`. Frames are: one byte with the stream (1 stdout, 2 stderr), three zero bytes, four
 * bytes with the length, then that many bytes.
 *
 * docker-modem's own demuxStream ignores back-pressure and takes bytes it does not understand for output.
 */
export class Demultiplexer extends Transform {
  readonly #onStderr: (chunk: Buffer) => void;
  #header = Buffer.alloc(0);
  #stream = 0;
  #remaining = 0;

  constructor(onStderr: (chunk: Buffer) => void) {
    super();
    this.#onStderr = onStderr;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#remaining === 0) {
        const missing = headerLength - this.#header.length;
        this.#header = Buffer.concat([this.#header, rest.subarray(0, missing)]);
        rest = rest.subarray(missing);
        if (this.#header.length < headerLength) break;
        this.#stream = this.#header.readUInt8(0);
        this.#remaining = this.#header.readUInt32BE(4);
        if ((this.#stream !== 1 && this.#stream !== 2) || this.#header.readUIntBE(1, 3) !== 0) {
          callback(new Error('the Docker engine sent what is not a frame of stdout or stderr'));
          return;
        }
        this.#header = Buffer.alloc(0);
      } else {
        const payload = rest.subarray(0, this.#remaining);
        rest = rest.subarray(payload.length);
        this.#remaining -= payload.length;
        if (this.#stream === 1) this.push(payload);
        else this.#onStderr(payload);
      }
    }
    callback();
  }

  override _flush(callback: TransformCallback): void {
    const whole = this.#remaining === 0 && this.#header.length === 0;
    callback(whole ? null : new Error('the stream of the Docker engine ended inside a frame'));
  }
}
