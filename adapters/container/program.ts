import type { ClientProcess } from '../../src/contract/adapter.ts';
import { endWrapped, words } from '../../src/elsewhere/wrapper.ts';
import { Channel } from './channel.ts';
import { runExec, type Started } from './exec.ts';
import { failureOf } from './outcome.ts';
import type { Place } from './place.ts';
import type { Timing } from './timing.ts';
import { watchSilence } from './watch.ts';

/** One wrapped program in a container, from the start of its exec until its failure, if any, is known. */
export class Program implements ClientProcess {
  readonly stdin: Channel['stdin'];
  readonly stdout: Channel['stdout'];
  readonly done: Promise<void>;
  readonly channel: Channel;
  readonly #place: Place;
  readonly #timing: Timing;
  readonly #input: boolean;
  readonly #timers: NodeJS.Timeout[] = [];
  /** The wrapper's pid in the container, once it has told it. */
  #wrapper: string | undefined;
  #killed = false;

  constructor(place: Place, started: Started, mark: string, name: string, input: boolean, timing: Timing) {
    this.#place = place;
    this.#timing = timing;
    this.#input = input;
    this.channel = new Channel(started.socket, mark, input, () => this.kill());
    this.stdin = this.channel.stdin;
    this.stdout = this.channel.stdout;
    this.channel.announced.then(word => {
      if (word !== words.missing) this.#wrapper = word;
    });
    this.done = this.#settle(name, started.exec);
    this.done.catch(() => undefined);
  }

  kill(): void {
    if (this.#killed || this.stdout.writableFinished) return;
    this.#killed = true;
    this.channel.discardOutput();
    // Where stdin is input and no switch, its end would look like the end of the work: psql would commit a half COPY.
    if (this.#wrapper && this.#input) this.#signal();
    else this.channel.endInput();
    for (const wait of this.#timing.insistAfter) this.#after(wait, () => this.#signal());
    this.#after(this.#timing.giveUpAfter, () => this.channel.lose('it did not end when it was asked to'));
  }

  async #settle(name: string, exec: Started['exec']): Promise<void> {
    const { channel } = this;
    const watching = watchSilence(
      this.#place,
      () => channel.bytes,
      reason => channel.lose(reason),
      this.#timing,
    );
    await channel.closed;
    watching.stop();
    const failure = await failureOf(
      {
        program: name,
        place: this.#place,
        exec,
        begun: this.#wrapper !== undefined,
        whole: this.stdout.whole,
        lost: channel.lost ?? (this.#killed ? 'it was told to end' : undefined),
        broken: channel.broken,
        stderr: channel.stderr.tail,
      },
      this.#timing,
    );
    this.#timers.forEach(clearTimeout);
    channel.destroy();
    if (failure) throw failure;
  }

  /** Each time more roughly. Where it cannot be delivered, the container is not usable, and `done` says so. */
  async #signal(): Promise<void> {
    if (this.#wrapper) await runExec(this.#place, endWrapped(this.#wrapper)).catch(() => undefined);
  }

  #after(wait: number, act: () => void): void {
    this.#timers.push(setTimeout(act, wait));
  }
}
