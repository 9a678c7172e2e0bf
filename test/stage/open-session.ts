import { join } from 'node:path';
import { afterFile } from './after-file.ts';
import { clientEnv } from './client.ts';
import type { PgServer } from './part.ts';
import { startProgram } from './run-program.ts';
import { waitUntil } from './wait-until.ts';

export interface OpenSession {
  /** What psql printed. Rejects with the server's error; the session goes on. Not awaited, it may wait for a lock. */
  execute(sql: string): Promise<string>;
  close(): Promise<void>;
}

/** A session that stays open: it holds transactions, locks and snapshots that get in somebody's way. */
export function openSession(
  server: PgServer,
  database: string,
  login: { user?: string; password?: string } = {},
): OpenSession {
  const argv = [join(server.binDirectory, 'psql'), '-X', '-q', '-A', '-t', '-v', 'VERBOSITY=terse'];
  const psql = startProgram(argv, { env: clientEnv(server, database, login), input: 'open' });
  let count = 0;
  let before: Promise<unknown> = Promise.resolve();
  const session: OpenSession = {
    execute(sql) {
      const answer = before.then(() => ask(sql));
      before = answer.catch(() => {});
      return answer;
    },
    async close() {
      psql.child.stdin?.end();
      psql.kill('SIGTERM');
      await psql.finished;
    },
  };
  afterFile(session.close);
  return session;

  async function ask(sql: string): Promise<string> {
    const end = `-- end of answer ${++count} --`;
    const said = psql.stdoutSoFar().length;
    const complained = psql.stderrSoFar().length;
    psql.child.stdin?.write(`${sql}\n;\n\\echo '${end}'\n\\warn '${end}'\n`);
    const gone = () => psql.child.exitCode !== null || psql.child.signalCode !== null;
    const whole = () => psql.stdoutSoFar().includes(end) && psql.stderrSoFar().includes(end);
    await waitUntil(`an answer to ${sql}`, () => whole() || gone(), 300_000);
    const problem = psql.stderrSoFar().slice(complained).replace(end, '').trim();
    if (problem.includes('ERROR:') || problem.includes('FATAL:') || !whole()) throw new Error(problem);
    return psql.stdoutSoFar().slice(said).replace(end, '').trim();
  }
}
