import { type Answer, type DumpAnswer, type Engine, ended } from './engine.ts';
import type { Piece } from './statement-cutter.ts';

/** A session, or a program, as far as PostgreSQL sees it. */
export interface Holder {
  readonly database: string;
  /** What is executed before the first of its statements, and again after another one was in. */
  readonly setup: readonly string[];
  /** A program's session is not set up anew before the program has left. */
  readonly program: boolean;
}

/**
 * The one session that a PGlite has, for several to take turns: each finds it as a new session is. While one of them is in
 * a transaction, or a program is at work, all the others are in the same session.
 */
export interface Turns {
  run(holder: Holder, pieces: readonly Piece[], tags: boolean): Promise<Answer>;
  dump(holder: Holder, args: readonly string[]): Promise<DumpAnswer>;
  /** Rolls back what it left open; what it is at now is ended as by a kill. It takes no more turns. */
  leave(holder: Holder): Promise<void>;
  close(): Promise<void>;
}

/**
 * `start` opens a database when the first turn is about it; the one that was open is shut down first. `check` throws for one
 * that is not to be opened.
 */
export function createTurns(
  check: (database: string) => void,
  start: (database: string) => Promise<Engine>,
): Turns {
  let open: { readonly engine: Engine; readonly database: string } | undefined;
  let status = 'I';
  let last: Holder | undefined;
  let program: Holder | undefined;
  let working: Holder | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  const left = new WeakSet<Holder>();

  const take = <Result>(holder: Holder, work: (engine: Engine) => Promise<Result>): Promise<Result> => {
    const turn = queue.then(async () => {
      if (left.has(holder)) throw ended();
      check(holder.database);
      working = holder;
      try {
        const engine = await ready(holder);
        if (left.has(holder)) throw ended();
        return await work(engine);
      } finally {
        working = undefined;
      }
    });
    queue = turn.catch(() => undefined);
    return turn;
  };

  async function ready(holder: Holder): Promise<Engine> {
    if (open && open.database !== holder.database) {
      await open.engine.close();
      forget();
    }
    open ??= { engine: await start(holder.database), database: holder.database };
    const { engine } = open;
    if (last === holder || status !== 'I' || (program && program !== holder)) return engine;
    for (const statement of [...(last ? ['DISCARD ALL'] : []), ...holder.setup])
      await engine.run([{ sql: Buffer.from(statement) }], false);
    last = holder;
    if (holder.program) program = holder;
    return engine;
  }

  function forget(): void {
    open = undefined;
    status = 'I';
    last = undefined;
  }

  return {
    run: (holder, pieces, tags) =>
      take(holder, async engine => {
        const answer = await engine.run(pieces, tags).catch(async error => {
          // PostgreSQL itself has failed; the next turn starts it anew.
          if (open?.engine === engine) forget();
          await engine.terminate();
          throw error;
        });
        status = answer.status;
        return answer;
      }),
    dump: (holder, args) =>
      take(holder, engine =>
        engine.dump(args).finally(() => {
          program = undefined; // others may wait for their turn already
        }),
      ),
    async leave(holder) {
      left.add(holder);
      if (working === holder) {
        const { engine } = open ?? {};
        forget();
        await engine?.terminate();
      }
      const rolledBack = queue.then(async () => {
        if (last === holder && status !== 'I') {
          await open?.engine.run([{ sql: Buffer.from('ROLLBACK') }], false);
          status = 'I';
        }
        if (program === holder) program = undefined;
      });
      queue = rolledBack.catch(() => undefined);
      await rolledBack.catch(() => undefined);
    },
    async close() {
      await queue;
      const { engine } = open ?? {};
      forget();
      await engine?.close();
    },
  };
}
