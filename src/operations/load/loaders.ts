import type { Server } from '../../contract/adapter.ts';
import { type Loader, openLoader } from '../../pipeline/loader.ts';
import { withoutNewer } from '../../pipeline/newer-settings.ts';
import type { SessionSettings } from '../../postgres/dump-text/session-settings.ts';
import type { ByteRange } from '../../postgres/dump-text/strip-ranges.ts';
import { quickSettings } from './quick-settings.ts';

/** Sessions that load a new database. */
export interface Loaders {
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
  /** Fulfils when all that was written has been executed. */
  executed(): Promise<void>;
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
  const opened: Promise<{ loader: Loader; worker: Worker } | undefined>[] = [Promise.resolve(main)];
  // One that gets no connection any more is done without: others have taken it since they were counted.
  const open = (index: number) => {
    opened[index] ??= openWorker(server, database, jobs).catch(() => undefined);
    return opened[index];
  };
  const each = async (act: (loader: Loader) => Promise<void>) => {
    await Promise.all(
      opened.map(async one => {
        const { loader } = (await one) ?? {};
        if (loader) await act(loader);
      }),
    );
  };
  const kill = async () => {
    await each(loader => loader.kill());
  };
  try {
    await work({
      main: main.worker,
      async sideBySide(most, doIt) {
        const failures: unknown[] = [];
        const tasks = Array.from({ length: Math.min(most, jobs) }, async (_, index) => {
          try {
            const one = await open(index);
            if (one) await doIt(one.worker);
          } catch (error) {
            failures.push(error);
            await kill();
          }
        });
        await Promise.all(tasks);
        if (failures.length > 0) throw failures[0];
      },
    });
    await each(loader => loader.finish());
  } catch (error) {
    await kill();
    throw error;
  }
}

async function openWorker(
  server: Server,
  database: string,
  jobs: number,
): Promise<{ loader: Loader; worker: Worker }> {
  const loader = await openLoader(server, database);
  let settings: SessionSettings | undefined;
  let copied: readonly number[] = [];
  let taken = 0;
  const worker: Worker = {
    write: loader.write,
    async writeAll(text) {
      for await (const piece of text) await loader.write(piece);
    },
    async use(wanted, { drop, serverMajor }) {
      if (settings === wanted) return;
      const statements = wanted.map(({ start, text }) => {
        const instead = drop.find(range => range.start === start);
        return instead ? (instead.instead ?? Buffer.alloc(0)) : withoutNewer(text, serverMajor);
      });
      await loader.write(Buffer.concat(statements.flatMap(text => [text, newline])));
      settings = wanted;
    },
    has(present) {
      settings = present;
    },
    async executed() {
      ({ copied } = await loader.executed());
    },
    takeCopied() {
      const latest = copied.slice(taken);
      taken = copied.length;
      return latest;
    },
  };
  try {
    await loader.write(Buffer.from(quickSettings(jobs)));
    await loader.executed();
  } catch (error) {
    await loader.kill();
    throw error;
  }
  return { loader, worker };
}

const newline = Buffer.from('\n');
