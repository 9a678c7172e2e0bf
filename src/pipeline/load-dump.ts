import { randomBytes } from 'node:crypto';
import type { Writable } from 'node:stream';
import type { ClientProcess, Server } from '../contract/adapter.ts';
import { OrchestrateError } from '../errors.ts';
import { knowsRestrict } from '../postgres/version.ts';

/** What psql reported of a load: the row counts of the COPY statements, in order. */
export interface LoadReport {
  readonly copied: readonly number[];
}

/**
 * Feeds SQL text to a psql that loads it into `database`. Fulfils only when psql exited 0 and answered a question
 * that stands after the last byte: a way that was cut in the middle looks like an end of input to psql. A psql that
 * can do so refuses every meta-command in the text.
 */
export async function loadDump(
  server: Server,
  database: string,
  feed: (write: (chunk: Buffer) => Promise<void>) => Promise<void>,
): Promise<LoadReport> {
  const psql = await server.load({ database });
  const restrict = knowsRestrict(server.clientVersion);
  const key = randomBytes(16).toString('hex');
  const report = readReport(psql, key);
  const fed = (async () => {
    const write = writer(psql.stdin);
    if (restrict) await write(Buffer.from(`\\restrict ${key}\n`));
    await feed(write);
    await write(Buffer.from(`\n${restrict ? `\\unrestrict ${key}\n` : ''}SELECT '${key}';\n`));
    psql.stdin.end();
  })();
  fed.catch(() => psql.kill());
  const [feeding, program, answers] = await Promise.allSettled([fed, psql.done, report]);
  // psql's own words say more than the broken pipe that follows from them; a file that broke off says most.
  if (feeding.status === 'rejected' && feeding.reason instanceof OrchestrateError) throw feeding.reason;
  if (program.status === 'rejected') throw program.reason;
  if (feeding.status === 'rejected') throw feeding.reason;
  if (answers.status === 'rejected') throw answers.reason;
  return answers.value;
}

function writer(stdin: Writable): (chunk: Buffer) => Promise<void> {
  stdin.on('error', () => undefined); // each write tells
  return chunk =>
    new Promise((resolve, reject) => {
      stdin.write(chunk, error => (error ? reject(error) : resolve()));
    });
}

/** Reads psql's command tags and the answer to the last question. Rows that the dump's own SELECTs print pass by. */
async function readReport(psql: ClientProcess, key: string): Promise<LoadReport> {
  const copied: number[] = [];
  let line = '';
  let last = '';
  for await (const chunk of psql.stdout) {
    const lines = (line + (chunk as Buffer).toString('latin1')).split('\n');
    line = lines.pop()!.slice(-longest);
    for (const one of lines) {
      const tag = /^COPY (\d+)$/.exec(one);
      if (tag) copied.push(Number(tag[1]));
      if (one !== '') last = one;
    }
  }
  if (last !== key)
    throw new OrchestrateError('restore-failed', 'psql ended before it had read the whole dump');
  return { copied };
}

const longest = 1024;
