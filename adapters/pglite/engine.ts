import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Packages } from './packages.ts';
import type { Piece } from './statement-cutter.ts';

export interface EngineStart {
  readonly packages: Packages;
  /** Absolute. */
  readonly folder: string;
  readonly database: string;
  /** Settings to start with besides PGlite's own. */
  readonly settings: Readonly<Record<string, string>>;
  /** Whether a commit waits for the disk; PGlite's own way is that it does not. */
  readonly durable: boolean;
}

export type Question =
  | { readonly do: 'run'; readonly pieces: readonly Piece[]; readonly tags: boolean }
  | { readonly do: 'dump'; readonly args: readonly string[] }
  | { readonly do: 'close' };

export interface Answer {
  /** Rows, their columns with `|` between them, and tags of commands ("COPY 12") where they were wanted. */
  readonly output: string;
  /** What stopped it. `text` is as psql tells of it. */
  readonly failure:
    | { readonly sqlState: string; readonly message: string; readonly text: string }
    | undefined;
  /** I: outside of a transaction, T: in one, E: in one that failed. */
  readonly status: string;
}

export interface DumpAnswer {
  readonly text: Uint8Array;
  readonly stderr: string;
  readonly exitCode: number;
}

/** A PGlite in a thread of its own. Every question rejects once it has ended. */
export interface Engine {
  /** Executes one after the other and stops at the first error. */
  run(pieces: readonly Piece[], tags: boolean): Promise<Answer>;
  dump(args: readonly string[]): Promise<DumpAnswer>;
  /** Shuts PostgreSQL down. */
  close(): Promise<void>;
  /** Ends it whatever it does, as a kill would: what was not committed will not have been. */
  terminate(): Promise<void>;
}

/** Rejects with PGlite's own words when it cannot open the folder. A folder that is not there is made. */
export async function startEngine(start: EngineStart): Promise<Engine> {
  const worker = new Worker(new URL(`./engine-thread${extname(import.meta.url)}`, import.meta.url), {
    workerData: start,
    stdout: true,
    stderr: true,
  });
  // What is printed there is no part of an answer.
  worker.stdout.resume();
  worker.stderr.resume();
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let asked = 0;
  let failure: Error | undefined;
  const end = (reason: Error) => {
    failure ??= reason;
    for (const { reject } of waiting.values()) reject(failure);
    waiting.clear();
  };
  worker.on('error', end);
  worker.on('exit', () => end(ended()));
  worker.on('message', ({ id, answer, error }: { id: number; answer?: unknown; error?: Error }) => {
    const asker = waiting.get(id);
    waiting.delete(id);
    if (error) asker?.reject(error);
    else asker?.resolve(answer);
  });
  const answerTo = (id: number): Promise<unknown> => {
    const asker = Promise.withResolvers<unknown>();
    if (failure) asker.reject(failure);
    else waiting.set(id, asker);
    return asker.promise;
  };
  const ask = (question: Question): Promise<unknown> => {
    asked += 1;
    const answer = answerTo(asked);
    worker.postMessage({ id: asked, question });
    return answer;
  };
  const terminate = async () => {
    await worker.terminate();
  };
  await answerTo(0);
  return {
    run: (pieces, tags) => ask({ do: 'run', pieces, tags }) as Promise<Answer>,
    dump: args => ask({ do: 'dump', args }) as Promise<DumpAnswer>,
    async close() {
      await ask({ do: 'close' }).finally(terminate);
    },
    terminate,
  };
}

export function ended(): Error {
  return new Error('PGlite was ended');
}
