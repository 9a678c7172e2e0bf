import { StringDecoder } from 'node:string_decoder';

const tailLength = 4096;

/**
 * What a wrapped program writes to stderr. What the wrapper itself says there ("MARK 123", "MARK ended") is taken out
 * and told to `onWord`; it need not stand first, as shells complain about locales before they do anything.
 */
export class StderrText {
  readonly #word: RegExp;
  readonly #onWord: (word: string) => void;
  readonly #decoder = new StringDecoder('utf8');
  #text = '';

  constructor(mark: string, onWord: (word: string) => void) {
    // Not only at the start of a line: a program that was killed may not have finished its last one.
    this.#word = new RegExp(`${mark} (\\w+)\\n`, 'g');
    this.#onWord = onWord;
  }

  /** The last few lines. */
  get tail(): string {
    return this.#text.trim();
  }

  add(chunk: Buffer): void {
    const text = this.#text + this.#decoder.write(chunk);
    this.#text = text.replace(this.#word, (_line, word) => {
      this.#onWord(word);
      return '';
    });
    if (this.#text.length > tailLength) this.#text = this.#text.slice(-tailLength);
  }
}
