import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Server } from '../contract/adapter.ts';
import { OrchestrateError } from '../errors.ts';
import { knowsRestrict } from '../postgres/version.ts';
import { type Write, writer } from './writer.ts';

/** What psql reported of a load. */
export interface LoadReport {
  /** The row counts of the COPY statements, in order. */
  readonly copied: readonly number[];
  /** The answer to `askTransaction`, where that was fed. */
  readonly transaction: string | undefined;
}

/** SQL to feed: the transaction's id gets into the report. */
export const askTransaction = "SELECT 'transaction ' || pg_catalog.pg_current_xact_id();\n";

/**
 * Feeds SQL text to a psql that executes it in `database`. When all of it was executed, `accept` is given the report,
 * and what it returns is executed last. Fulfils only when psql exited 0 and answered questions that stand after the
 * last byte: a way that was cut in the middle looks like an end of input to psql. A psql that can do so refuses every
 * meta-command in the text.
 */
export async function loadDump(
  server: Server,
  database: string,
  feed: (write: Write) => Promise<void>,
  accept: (report: LoadReport) => Promise<string> = async () => '',
): Promise<void> {
  const psql = await server.load({ database });
  const restrict = knowsRestrict(server.clientVersion);
  const key = randomBytes(16).toString('hex');
  const answers = readAnswers(psql.stdout);
  const fed = (async () => {
    const write = writer(psql.stdin);
    if (restrict) await write(Buffer.from(`\\restrict ${key}\n`));
    await feed(write);
    await write(Buffer.from(`\nSELECT '${key}';\n`));
    if (!(await answers.has(key))) return false;
    const last = await accept(answers.report());
    await write(Buffer.from(`${restrict ? `\\unrestrict ${key}\n` : ''}${last}\nSELECT '${key} end';\n`));
    psql.stdin.end();
    return answers.has(`${key} end`);
  })();
  fed.catch(() => psql.kill());
  const [feeding, program] = await Promise.allSettled([fed, psql.done]);
  // psql's own words say more than the broken pipe that follows from them; a file that broke off says most.
  if (feeding.status === 'rejected' && feeding.reason instanceof OrchestrateError) throw feeding.reason;
  if (program.status === 'rejected') throw program.reason;
  if (feeding.status === 'rejected') throw feeding.reason;
  if (!feeding.value)
    throw new OrchestrateError('restore-failed', 'psql ended before it had read the whole dump');
}

interface Answers {
  /** Waits for a line; false when psql's output ended without it. */
  has(line: string): Promise<boolean>;
  report(): LoadReport;
}

/** Reads psql's command tags and what it answers to questions. Rows that the dump's own SELECTs print pass by. */
function readAnswers(stdout: Readable): Answers {
  const copied: number[] = [];
  let transaction: string | undefined;
  let last = '';
  let ended = false;
  let wake: () => void = () => undefined;
  const reading = (async () => {
    let line = '';
    for await (const chunk of stdout) {
      const lines = (line + (chunk as Buffer).toString('latin1')).split('\n');
      line = lines.pop()!.slice(-longest);
      for (const one of lines) {
        const [, word, number] = /^(COPY|transaction) (\d+)$/.exec(one) ?? [];
        if (word === 'COPY') copied.push(Number(number));
        else if (word !== undefined) transaction = number;
        if (one !== '') last = one;
      }
      wake();
    }
  })();
  reading
    .catch(() => undefined) // told through psql's `done`
    .finally(() => {
      ended = true;
      wake();
    });
  return {
    async has(line) {
      while (last !== line && !ended) {
        await new Promise<void>(resolve => {
          wake = resolve;
        });
      }
      return last === line;
    },
    report: () => ({ copied, transaction }),
  };
}

const longest = 1024;
