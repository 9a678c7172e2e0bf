import { randomBytes } from 'node:crypto';
import { StringDecoder } from 'node:string_decoder';
import { type ClientProcess, QueryFailure, type Session, type Spawn } from '../contract/adapter.ts';
import { databaseArgument } from './quote.ts';

const settings = [
  '--no-psqlrc',
  '--no-password',
  '--quiet',
  '--no-align',
  '--tuples-only',
  '--pset=pager=off',
  '--set=ON_ERROR_STOP=0',
  '--set=FETCH_COUNT=0',
];

/**
 * One psql that is kept open and told one thing at a time, so that a transaction, a snapshot or an advisory
 * lock can live as long as a run does, through any adapter that can start psql. Rejects with what psql said
 * when it cannot connect.
 */
export async function openSession(spawn: Spawn, database?: string): Promise<Session> {
  const process = await spawn({
    program: 'psql',
    args: database === undefined ? settings : [...settings, databaseArgument(database)],
    // What the session reads back is JSON, which is UTF-8 whatever the database's own encoding is.
    env: { PGCLIENTENCODING: 'UTF8' },
    input: true,
  });
  const answers = new Answers(process);
  let queue: Promise<unknown> = Promise.resolve();
  const ask = (statement: string): Promise<string> => {
    const answer = queue.then(() => answers.ask(statement));
    queue = answer.catch(() => undefined);
    return answer;
  };

  const session: Session = {
    async query<Row>(select: string): Promise<Row[]> {
      return JSON.parse(await ask(`${rowsAsJson(select)};`)) as Row[];
    },
    async execute(statement) {
      await ask(`${statement}\n;`);
    },
    async close() {
      process.stdin.end();
      await process.done.catch(() => undefined);
    },
  };
  for (const statement of undisturbed) await session.execute(statement);
  return session;
}

/** A SELECT of one value: an array of the rows of another one. */
export function rowsAsJson(select: string): string {
  return `SELECT coalesce(array_to_json(array_agg(row_to_json(answer))), '[]') FROM (${select}\n) AS answer`;
}

/**
 * What a role or a database may have set must neither end a session that waits, nor make names mean something else
 * than they do in pg_catalog, where pg_dump looks too.
 */
export const undisturbed: readonly string[] = [
  "SET search_path TO ''",
  `SELECT set_config(name, 'off', false) FROM pg_settings WHERE name = 'default_transaction_read_only'
   UNION ALL SELECT set_config(name, '0', false) FROM pg_settings WHERE name IN ('statement_timeout', 'lock_timeout',
     'idle_in_transaction_session_timeout', 'idle_session_timeout', 'transaction_timeout')`,
];

/** Pairs what was asked with what psql answered: a mark that nobody can guess ends each answer. */
class Answers {
  readonly #process: ClientProcess;
  readonly #mark = randomBytes(12).toString('hex');
  readonly #decoder = new StringDecoder('utf8');
  #text = '';
  #ended = false;
  #wake: () => void = () => undefined;

  constructor(process: ClientProcess) {
    this.#process = process;
    process.stdin.on('error', () => undefined); // told through done, with psql's own words
    process.stdout.on('data', (chunk: Buffer) => {
      this.#text += this.#decoder.write(chunk);
      this.#wake();
    });
    const end = () => {
      this.#ended = true;
      this.#wake();
    };
    process.stdout.on('end', end).on('error', end).on('close', end);
  }

  /** Rejects with a `QueryFailure` of the server's, or with a `ClientFailure` when psql or the way to it ended. */
  async ask(statement: string): Promise<string> {
    // psql sets ERROR after each statement; LAST_ERROR_MESSAGE may hold anything, so marks stand around it.
    this.#process.stdin.write(
      `${statement}\n\\echo ${this.#mark} :ERROR :LAST_ERROR_SQLSTATE :LAST_ERROR_MESSAGE\n\\echo ${this.#mark}.\n`,
    );
    const end = `${this.#mark}.\n`;
    let at = this.#text.indexOf(end);
    while (at < 0) {
      if (this.#ended) {
        await this.#process.done;
        throw new Error('psql ended before it was told to');
      }
      await new Promise<void>(resolve => {
        this.#wake = resolve;
      });
      at = this.#text.indexOf(end);
    }
    const answer = this.#text.slice(0, at);
    this.#text = this.#text.slice(at + end.length);
    const status = answer.lastIndexOf(`${this.#mark} `);
    const [, failed, sqlState, message] = /^\S+ (\S+) (\S+) ?(.*)\n$/s.exec(answer.slice(status)) ?? [];
    if (failed === 'true') throw new QueryFailure(sqlState ?? '', message ?? '');
    return answer.slice(0, status);
  }
}
