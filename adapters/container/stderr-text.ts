import { StringDecoder } from 'node:string_decoder';

const tailLength = 4096;

/**
 * What a wrapped program writes to stderr. The wrapper's own line ("MARK 123") is taken out; it need not be the
 * first, as shells complain about locales before they do anything.
 */
export class StderrText {
  /** What stands after the mark in the wrapper's line. */
  readonly announced: Promise<string>;
  readonly #line: RegExp;
  readonly #decoder = new StringDecoder('utf8');
  #announce: ((word: string) => void) | undefined;
  #text = '';

  constructor(mark: string) {
    this.#line = new RegExp(`^${mark} (\\w+)\\n`, 'm');
    this.announced = new Promise(resolve => {
      this.#announce = resolve;
    });
  }

  /** The last few lines. */
  get tail(): string {
    return this.#text.trim();
  }

  add(chunk: Buffer): void {
    this.#text += this.#decoder.write(chunk);
    const [line, word] = (this.#announce && this.#line.exec(this.#text)) ?? [];
    if (line && word) {
      this.#announce?.(word);
      this.#announce = undefined;
      this.#text = this.#text.replace(line, '');
    }
    if (this.#text.length > tailLength) this.#text = this.#text.slice(-tailLength);
  }
}
