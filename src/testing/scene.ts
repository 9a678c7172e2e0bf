import { randomBytes } from 'node:crypto';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Adapter, ClientProcess, Probe, Server } from '../contract/adapter.ts';
import type { RunContext } from '../contract/run-context.ts';

/** What the tests of an adapter need to know. */
export interface ContractSetting<Options> {
  /** Lead to a server on which the role may create databases; or that is alone, with a database that nobody needs. */
  readonly options: Options;
  /** Lead to nowhere. */
  readonly unreachable: Options;
  /** What must never be told: every password in the options of both. */
  readonly secrets?: readonly string[];
  /** The environment of the runs; this process's own without it. */
  readonly env?: RunContext['env'];
  /** Where client programs run, those that have this PGAPPNAME in their environment, in words; empty when none has. */
  readonly programs?: (application: string) => Promise<string>;
}

/** An adapter and a server that it reaches. */
export interface Scene<Options = unknown> extends ContractSetting<Options> {
  readonly adapter: Adapter<Options>;
  /** What was found before anything was open: some servers let nobody in beside. */
  readonly probed: Probe;
  /** Stays open; it makes what the tests need, and looks on. */
  readonly server: Server;
  /** Of this run alone, or the one there is, with an empty text table `witness`; no text of it is plain. */
  readonly database: string;
  run(signal?: AbortSignal): RunContext;
  /** For one test, through a run of its own. */
  open(signal?: AbortSignal): Promise<{ readonly server: Server; readonly run: RunContext }>;
  /** SQL in a database of the server, by the session that looks on. */
  execute(sql: string, database?: string): Promise<void>;
  /** How many sessions of a run the server has, of those that fulfil a condition. */
  sessions(run: RunContext, condition?: string): Promise<number>;
  close(): Promise<void>;
}

export async function openScene<Options>(
  adapter: Adapter<Options>,
  setting: ContractSetting<Options>,
): Promise<Scene<Options>> {
  const run = (signal = new AbortController().signal): RunContext => ({
    id: randomBytes(4).toString('hex'),
    signal,
    now: () => new Date(),
    env: setting.env ?? process.env,
    cwd: process.cwd(),
    emit: () => undefined,
  });
  const probed = await adapter.probe(setting.options, run());
  const server = await adapter.open(setting.options, run());
  const open = new Set<Server>([server]);
  const watch = await server.session(server.database);
  const database = server.alone ? server.database : `contract_${randomBytes(4).toString('hex')}`;
  if (!server.alone) await watch.execute(`CREATE DATABASE ${database} TEMPLATE template0`);
  const scene: Scene<Options> = {
    ...setting,
    adapter,
    probed,
    server,
    database,
    run,
    async open(signal) {
      const own = run(signal);
      const opened = await adapter.open(setting.options, own);
      open.add(opened);
      return { server: opened, run: own };
    },
    async execute(sql, where) {
      if (where === undefined) return watch.execute(sql);
      const session = await server.session(where);
      await session.execute(sql).finally(() => session.close());
    },
    async sessions(of, condition = 'true') {
      const select = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'db-orchestrate ${of.id}' AND (${condition})`;
      const [row] = await watch.query<{ n: number }>(select);
      return row!.n;
    },
    async close() {
      await watch
        .execute(
          server.alone
            ? 'DROP TABLE IF EXISTS public.witness'
            : `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`,
        )
        .finally(() => Promise.all([...open].map(one => one.close())));
    },
  };
  await scene.execute('CREATE TABLE public.witness (t text)', database);
  return scene;
}

/** Of a server that is alone there is no second session to do something beside the first, or to look on. */
export function skippedAlone(context: TestContext, { server }: Pick<Scene, 'server'>): boolean {
  if (server.alone) context.skip('it has one session');
  return server.alone === true;
}

/** All that a program writes, once it has succeeded. */
export async function outputOf(program: ClientProcess): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of program.stdout) chunks.push(chunk);
  await program.done;
  return Buffer.concat(chunks);
}

export async function until(what: string, condition: () => Promise<boolean> | boolean): Promise<void> {
  const end = Date.now() + 30_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`within 30 seconds it did not come to pass: ${what}`);
    await delay(50);
  }
}

/** What a promise rejects with, and all that it says. */
export async function rejection(action: Promise<unknown>): Promise<Error> {
  const outcome = await action.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof Error) return outcome;
  throw new Error(
    outcome === undefined ? 'expected a rejection, but it succeeded' : `rejected with ${outcome}`,
  );
}
