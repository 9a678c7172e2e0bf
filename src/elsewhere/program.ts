import { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { type ClientCall, ClientFailure, type ClientProcess } from '../contract/adapter.ts';
import { EndMark } from './end-mark.ts';
import type { Leader } from './leader.ts';
import { StderrText } from './stderr-text.ts';
import { endWrapped, switchOver, words } from './wrapper.ts';

/** When a program that was asked to end is asked more roughly, and when it is given up; in milliseconds from the first time. */
const insistAfter = [1_000, 3_000, 6_000];
const giveUpAfter = 15_000;

/** One wrapped program somewhere else, and the program of this host that leads there. */
export class ElsewhereProgram implements ClientProcess {
  readonly stdin: Writable;
  readonly stdout: EndMark;
  readonly done: Promise<void>;
  /** The wrapper's pid, or that there is no such program; undefined when the leader ended before. */
  readonly announced: Promise<string | undefined>;
  /** Whether the leader itself could not be started because it is not there. */
  leaderMissing = false;
  readonly #launch: (command: readonly string[]) => Leader;
  readonly #leader: Leader;
  readonly #call: ClientCall;
  readonly #stderr: StderrText;
  readonly #timers: NodeJS.Timeout[] = [];
  #announce: (word?: string) => void = () => undefined;
  #wrapper: string | undefined;
  #release: () => void = () => undefined;
  #killed = false;
  #ended = false;
  #settled = false;

  constructor(
    launch: (command: readonly string[]) => Leader,
    argv: readonly string[],
    mark: string,
    call: ClientCall,
    firstInput: string,
  ) {
    this.#launch = launch;
    this.#call = call;
    this.announced = new Promise(resolve => {
      this.#announce = resolve;
    });
    this.#stderr = new StderrText(mark, word => this.#hear(word));
    this.stdout = new EndMark(mark);
    this.#leader = launch(argv);
    const { stdin, stdout, stderr } = this.#leader;
    stdin.on('error', () => undefined); // told through done
    stdin.write(firstInput);
    stderr.on('data', chunk => this.#stderr.add(chunk));
    stdout.on('error', () => undefined).pipe(this.stdout);
    this.stdout.on('error', () => undefined).once('close', () => this.stdout.writableFinished || this.kill());
    this.stdin = call.input ? this.#input() : new Writable().end();
    this.stdin.on('error', () => undefined);
    this.done = this.#settle();
    this.done.catch(() => undefined);
  }

  /** What came on stderr, but for the wrapper's words. */
  get said(): string {
    return this.#stderr.tail;
  }

  kill(): void {
    if (this.#killed || this.#settled) return;
    this.#killed = true;
    this.#release();
    // A program that nobody reads from could not even end.
    this.#leader.stdout.unpipe(this.stdout).resume();
    this.stdout.end();
    // Where stdin is input and no switch, its end would look like the end of the work: psql would commit a half COPY.
    if (this.#call.input && this.#wrapper) this.#signal();
    else this.#leader.stdin.end();
    for (const wait of insistAfter) this.#after(wait, () => this.#signal());
    this.#after(giveUpAfter, () => this.#leader.kill('SIGKILL'));
  }

  #hear(word: string): void {
    if (word !== words.ended) {
      if (word !== words.missing) this.#wrapper = word;
      this.#announce(word);
      return;
    }
    this.#ended = true;
    if (this.#call.input) this.#leader.stdin.end();
    else this.#leader.stdin.end(switchOver);
    if (!this.stdin.writableFinished) this.stdin.destroy(new Error('the program ended before its input did'));
  }

  async #settle(): Promise<void> {
    const released = new Promise<void>(resolve => {
      this.#release = resolve;
    });
    const { exitCode, code, originalMessage } = await this.#leader;
    this.leaderMissing = code === 'ENOENT';
    this.#announce();
    this.#ended = true;
    this.#timers.forEach(clearTimeout);
    // What nobody reads would never be finished.
    if (!this.#killed)
      await Promise.race([finished(this.stdout, { readable: false }).catch(() => undefined), released]);
    this.#settled = true;
    if (this.#killed) throw this.#failure(null, 'it was told to end');
    if (this.stdout.whole && exitCode === 0) return;
    if (exitCode !== undefined && exitCode > 128)
      throw this.#failure(null, `ended by signal ${exitCode - 128}`);
    if (this.stdout.whole) throw this.#failure(exitCode ?? null);
    throw this.#failure(null, this.#wrapper ? 'the way to it was lost' : originalMessage);
  }

  #failure(exitCode: number | null, reason?: string): ClientFailure {
    const stderr = [reason, this.said].filter(Boolean).join('\n');
    return new ClientFailure(this.#call.program, exitCode, stderr);
  }

  /** Each time more roughly. */
  #signal(): void {
    if (this.#wrapper) this.#launch(endWrapped(this.#wrapper)).then(undefined, () => undefined);
  }

  #after(wait: number, act: () => void): void {
    this.#timers.push(setTimeout(act, wait));
  }

  #input(): Writable {
    const { stdin } = this.#leader;
    return new Writable({
      write: (chunk, _encoding, callback) => void stdin.write(chunk, callback),
      final: callback => void stdin.end(callback),
      // An input that breaks off must not look like one that ended: the program would finish what it has.
      destroy: (error, callback) => {
        if (!this.stdin.writableFinished && !this.#ended) this.kill();
        callback(error);
      },
    });
  }
}
