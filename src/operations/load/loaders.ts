import { setTimeout } from 'node:timers/promises';
import { ClientFailure, type Server } from '../../contract/adapter.ts';
import { type Loader, openLoader, type Pour } from '../../pipeline/loader.ts';
import { withoutNewer } from '../../pipeline/newer-settings.ts';
import type { SessionSettings } from '../../postgres/dump-text/session-settings.ts';
import type { ByteRange } from '../../postgres/dump-text/strip-ranges.ts';
import { parallelWorkers, quickSettings } from './quick-settings.ts';

/** Sessions that load a new database. */
export interface Loaders {
  /** How many there may be. */
  readonly jobs: number;
  /** Executes what has to be in the order of the text. */
  readonly main: Worker;
  /** Has up to so many of them do the work at the same time, `main` among them. The first failure ends them all. */
  sideBySide(most: number, work: (worker: Worker) => Promise<void>): Promise<void>;
}

export interface Worker {
  write(text: Buffer): Promise<void>;
  writeAll(text: AsyncIterable<Buffer>): Promise<void>;
  /** Sets what was set at that place of the dump; `drop` has what cannot stay as it is. */
  use(settings: SessionSettings, at: { drop: readonly ByteRange[]; serverMajor: number }): Promise<void>;
  /** Tells what the text itself has set. */
  has(settings: SessionSettings): void;
  /** How many workers of the server's may help it to build an index. */
  help(most: number): Promise<void>;
  /** Fulfils when all that was written has been executed. */
  executed(): Promise<void>;
  /**
   * Executes what is poured in, the rows of new tables (as written, latin1), and tells how many each COPY brought. That ends
   * the session, and another one takes its place; `use` makes it like the first.
   */
  pour(tables: readonly string[], from: Pour): Promise<readonly number[]>;
  /** The row counts of the COPY statements that were executed since they were last asked for. */
  takeCopied(): readonly number[];
}

/** Opens sessions as they are needed, and ends them; whatever fails, none is left. */
export async function withLoaders(
  server: Server,
  database: string,
  jobs: number,
  work: (loaders: Loaders) => Promise<void>,
): Promise<void> {
  const main = await openWorker(server, database, jobs);
  const opened: Promise<OpenWorker | undefined>[] = [Promise.resolve(main)];
  // One that gets no connection any more is done without: others have taken it since they were counted.
  const open = (index: number) => {
    opened[index] ??= openWorker(server, database, jobs).catch(() => undefined);
    return opened[index];
  };
  const each = async (act: (worker: OpenWorker) => Promise<void>) => {
    await Promise.all(
      opened.map(async one => {
        const worker = await one;
        if (worker) await act(worker);
      }),
    );
  };
  const kill = () => each(worker => worker.kill());
  try {
    await work({
      jobs,
      main,
      async sideBySide(most, doIt) {
        const failures: unknown[] = [];
        const tasks = Array.from({ length: Math.min(most, jobs) }, async (_, index) => {
          try {
            const worker = await open(index);
            if (worker) await doIt(worker);
          } catch (error) {
            failures.push(error);
            await kill();
          }
        });
        await Promise.all(tasks);
        if (failures.length > 0) throw failures[0];
      },
    });
    await each(worker => worker.finish());
  } catch (error) {
    await kill();
    throw error;
  }
}

interface OpenWorker extends Worker {
  finish(): Promise<void>;
  kill(): Promise<void>;
}

async function openWorker(server: Server, database: string, jobs: number): Promise<OpenWorker> {
  let loader: Loader | undefined = await openQuickLoader(server, database, jobs);
  let killed = false;
  let settings: SessionSettings | undefined;
  let helpers: number | undefined;
  let copied: readonly number[] = [];
  let taken = 0;
  const present = async (): Promise<Loader> => {
    if (killed) throw new Error('the load was given up');
    loader ??= await reopened(() => openQuickLoader(server, database, jobs));
    return loader;
  };
  const worker: OpenWorker = {
    async write(text) {
      await (await present()).write(text);
    },
    async writeAll(text) {
      const { write } = await present();
      for await (const piece of text) await write(piece);
    },
    async use(wanted, { drop, serverMajor }) {
      if (settings === wanted) return;
      const statements = wanted.map(({ start, text }) => {
        const instead = drop.find(range => range.start === start);
        return instead ? (instead.instead ?? Buffer.alloc(0)) : withoutNewer(text, serverMajor);
      });
      await worker.write(Buffer.concat(statements.flatMap(text => [text, newline])));
      settings = wanted;
    },
    async help(most) {
      if (helpers === most) return;
      await worker.write(Buffer.from(parallelWorkers(most)));
      helpers = most;
    },
    has(present) {
      settings = present;
    },
    async executed() {
      ({ copied } = await (await present()).executed());
    },
    async pour(tables, from) {
      // A server without replicas, such as a scratch server, writes no log of rows for a table that is as new as they are.
      const begin = Buffer.from(`BEGIN;\nTRUNCATE ONLY ${tables.join(', ONLY ')};\n`, 'latin1');
      await worker.write(begin);
      const report = await (await present()).pour(from, 'COMMIT;');
      const latest = report.copied.slice(taken);
      [loader, settings, helpers, copied, taken] = [undefined, undefined, undefined, [], 0];
      return latest;
    },
    takeCopied() {
      const latest = copied.slice(taken);
      taken = copied.length;
      return latest;
    },
    async finish() {
      await loader?.finish();
    },
    async kill() {
      killed = true;
      await loader?.kill();
    },
  };
  return worker;
}

async function openQuickLoader(server: Server, database: string, jobs: number): Promise<Loader> {
  const loader = await openLoader(server, database);
  try {
    await loader.write(Buffer.from(quickSettings(jobs)));
    await loader.executed();
    return loader;
  } catch (error) {
    await loader.kill();
    throw error;
  }
}

/** The server may still count the session that has just ended. */
async function reopened(open: () => Promise<Loader>): Promise<Loader> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await open();
    } catch (error) {
      const isFull = error instanceof ClientFailure && /too many|connection slots/.test(error.stderr);
      if (!isFull || attempt === 20) throw error;
      await setTimeout(100);
    }
  }
}

const newline = Buffer.from('\n');
