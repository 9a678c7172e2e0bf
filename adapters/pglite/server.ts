import { type ClientProcess, QueryFailure, type Server, type Session } from '../../src/contract/adapter.ts';
import type { RunContext } from '../../src/contract/run-context.ts';
import { OrchestrateError } from '../../src/errors.ts';
import { freeBytes } from '../../src/free-bytes.ts';
import { rowsAsJson, undisturbed } from '../../src/postgres/session.ts';
import { versionFromNumber } from '../../src/postgres/version.ts';
import { type Engine, ended } from './engine.ts';
import { dumpProgram, loadProgram } from './programs.ts';
import { createTurns, type Holder } from './turns.ts';

export interface PgliteAccess {
  /** "in folder ./data": what follows the server's version in messages. */
  readonly where: string;
  readonly database: string;
  /** Whether there are other databases than that one. */
  readonly others: boolean;
  readonly folder: string;
  start(database: string): Promise<Engine>;
  /** Ends what the adapter itself holds, once PostgreSQL is shut down. */
  close(): Promise<void>;
}

/** A server that is this process's own: nobody else is in it, and it has one session. Rejects with `unreachable`. */
export async function pgliteServer(access: PgliteAccess, run: RunContext): Promise<Server> {
  const known = (database: string) => {
    if (access.others || database === access.database) return;
    throw new OrchestrateError(
      'unreachable',
      `there is no database ${JSON.stringify(database)} ${access.where} besides its own, ${access.database}`,
      {
        hint: 'A folder of PGlite is one database; restore into it without --into.',
      },
    );
  };
  const turns = createTurns(known, access.start);
  const running = new Set<() => void>();
  /** What is started after an interruption cleans up, and is let be. */
  const endAll = () => {
    for (const end of running) end();
  };
  run.signal.addEventListener('abort', endAll);

  const watched = (program: ClientProcess): ClientProcess => {
    const over = () => running.delete(program.kill);
    running.add(program.kill);
    program.done.then(over, over);
    return program;
  };
  const session = async (database: string): Promise<Session> => {
    const opened = openSession({ database, setup: undisturbed, program: false });
    await opened.query('SELECT 1');
    return opened;
  };
  const openSession = (holder: Holder): Session => {
    let isOpen = true;
    const end = () => {
      isOpen = false;
      void turns.leave(holder);
    };
    running.add(end);
    const ask = async (sql: string): Promise<string> => {
      if (!isOpen) throw ended();
      const { output, failure } = await turns.run(holder, [{ sql: Buffer.from(sql) }], false);
      if (failure) throw new QueryFailure(failure.sqlState, failure.message);
      return output;
    };
    return {
      async query<Row>(select: string): Promise<Row[]> {
        return JSON.parse(await ask(rowsAsJson(select))) as Row[];
      },
      async execute(statement) {
        await ask(statement);
      },
      async close() {
        isOpen = false;
        if (running.delete(end)) await turns.leave(holder);
      },
    };
  };
  const close = async () => {
    run.signal.removeEventListener('abort', endAll);
    endAll();
    await turns.close();
    await access.close();
  };

  try {
    const first = await session(access.database);
    const [facts] = await first.query<{ version: number }>(
      `SELECT current_setting('server_version_num')::int AS version`,
    );
    await first.close();
    const version = versionFromNumber(facts!.version);
    return {
      describe: `PostgreSQL ${version.text} ${access.where}`,
      database: access.database,
      version,
      clientVersion: version, // pg_dump is made with it
      alone: true,
      async dump({ database, args }) {
        return watched(dumpProgram(turns, { database, setup: [], program: true }, args));
      },
      async load({ database }) {
        return watched(loadProgram(turns, { database, setup: [], program: true }));
      },
      async unpack() {
        throw new OrchestrateError('no-client', 'PGlite has no pg_restore, which reading an archive takes', {
          hint: 'Make a plain dump of it where PostgreSQL is installed: pg_restore --file=dump.sql ARCHIVE',
        });
      },
      freeBytes: () => freeBytes(access.folder),
      session,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
