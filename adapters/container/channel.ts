import { type Duplex, Writable } from 'node:stream';
import { EndMark } from '../../src/elsewhere/end-mark.ts';
import { StderrText } from '../../src/elsewhere/stderr-text.ts';
import { switchOver, words } from '../../src/elsewhere/wrapper.ts';
import { Demultiplexer } from './demultiplexer.ts';

/** The three streams of one wrapped program on the engine's one connection. Its failures are data, never events. */
export class Channel {
  readonly stdin: Writable;
  readonly stdout: EndMark;
  readonly stderr: StderrText;
  /** The wrapper's pid, or that there is no such program. */
  readonly announced: Promise<string>;
  /**
   * Fulfils when there is more output than what an engine itself has to say. The wrapper's word, which takes another way,
   * may stand behind it, and is not read as long as nobody takes the output.
   */
  readonly flowing: Promise<''>;
  /** Fulfils when nothing more will come. */
  readonly closed: Promise<void>;
  /** Of frames, so far. */
  bytes = 0;
  /** Why we gave it up. */
  lost: string | undefined;
  /** What the connection broke off with. */
  broken: string | undefined;
  readonly #socket: Duplex;
  readonly #frames: Demultiplexer;
  #close: () => void = () => undefined;
  #announce: (word: string) => void = () => undefined;
  #flow: (word: '') => void = () => undefined;
  #programEnded = false;

  /** `onBroken`: whoever was to read the output, or to write the input, gave up. */
  constructor(socket: Duplex, mark: string, input: boolean, onBroken: () => void) {
    this.#socket = socket;
    this.closed = new Promise(resolve => {
      this.#close = resolve;
    });
    this.announced = new Promise(resolve => {
      this.#announce = resolve;
    });
    this.flowing = new Promise(resolve => {
      this.#flow = resolve;
    });
    this.stderr = new StderrText(mark, word => {
      if (word === words.ended) this.#afterProgram(input);
      else this.#announce(word);
    });
    this.stdout = new EndMark(mark);
    this.#frames = new Demultiplexer(chunk => this.stderr.add(chunk));
    this.stdin = input ? this.#input(onBroken) : new Writable().end();
    this.stdin.on('error', () => undefined);
    this.stdout
      .on('error', () => undefined)
      .once('finish', this.#close)
      .once('close', () => this.stdout.writableFinished || onBroken());
    this.#frames.on('error', error => this.#break(error));
    socket
      .on('data', chunk => {
        this.bytes += chunk.length;
        if (this.bytes > mostOfEngine) this.#flow('');
      })
      .on('error', error => {
        this.broken ??= error.message;
      })
      .on('close', () => this.#frames.end());
    socket.pipe(this.#frames).pipe(this.stdout);
  }

  /** Ends the input, which is the switch of a program that has none. */
  endInput(): void {
    this.#socket.end();
  }

  /** From now on output is thrown away: a program that nobody reads from could not even end. */
  discardOutput(): void {
    this.#frames.unpipe(this.stdout);
    this.stdout.off('finish', this.#close).end();
    if (this.#frames.closed) this.#close();
    else this.#frames.once('close', this.#close).resume();
  }

  /** Gives the connection up. */
  lose(reason: string): void {
    this.lost ??= reason;
    this.#end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #break(error: Error): void {
    this.broken ??= error.message;
    this.#end();
  }

  #end(): void {
    this.#socket.destroy();
    this.stdout.end();
    this.#close();
  }

  #afterProgram(input: boolean): void {
    this.#programEnded = true;
    if (this.#socket.writableEnded) return;
    if (!input) {
      this.#socket.write(switchOver);
      return;
    }
    this.endInput();
    if (!this.stdin.writableFinished) this.stdin.destroy(new Error('the program ended before its input did'));
  }

  #input(onBroken: () => void): Writable {
    return new Writable({
      write: (chunk, _encoding, callback) => this.#socket.write(chunk, callback),
      final: callback => this.#socket.end(callback),
      // An input that breaks off must not look like one that ended: the program would finish what it has.
      destroy: (error, callback) => {
        if (!this.stdin.writableFinished && !this.#programEnded) onBroken();
        callback(error);
      },
    });
  }
}

/** Less than what streams hold back when nobody reads. */
const mostOfEngine = 8 * 1024;
