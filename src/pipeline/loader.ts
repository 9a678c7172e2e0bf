import { randomBytes } from 'node:crypto';
import type { Writable } from 'node:stream';
import type { Server } from '../contract/adapter.ts';
import { OrchestrateError } from '../errors.ts';
import { knowsRestrict } from '../postgres/version.ts';
import { type LoadReport, readAnswers } from './answers.ts';
import { type Write, writer } from './writer.ts';

/** A psql that is fed SQL text, and asked whether it has executed it. */
export interface Loader {
  /** Rejects with psql's own words when it has ended: they say more than the broken pipe that follows from them. */
  readonly write: Write;
  /** Fulfils when all that was written has been executed; rejects as `write` does. */
  executed(): Promise<LoadReport>;
  /** Executes what is given last, which may use psql's own commands, and ends psql. */
  finish(last?: string): Promise<void>;
  /**
   * Has psql execute what is poured into it and then `last`, which ends psql. Rejects as `write` does, or with what was wrong
   * with what was poured.
   */
  pour(from: Pour, last: string): Promise<LoadReport>;
  /** Ends psql and its server backend, whatever they do. Safe to call at any time. */
  kill(): Promise<void>;
}

/** Writes a text, with `last` behind it, to psql, and ends that. */
export type Pour = (stdin: Writable, last: Buffer) => Promise<void>;

/**
 * Starts a psql that executes SQL text in `database` and stops at the first error. One that can do so refuses every
 * meta-command in the text. Whether it has executed anything is known from its answers alone to questions that stand
 * after the last byte: a way that was cut in the middle looks like an end of input to psql, which then exits with 0.
 */
export async function openLoader(server: Server, database: string): Promise<Loader> {
  const psql = await server.load({ database });
  const restrict = knowsRestrict(server.clientVersion);
  const key = randomBytes(16).toString('hex');
  const answers = readAnswers(psql.stdout);
  const writeOut = writer(psql.stdin);
  let questions = 0;

  const loader: Loader = {
    async write(chunk) {
      try {
        await writeOut(chunk);
      } catch (error) {
        psql.kill();
        await psql.done;
        throw error;
      }
    },
    async executed() {
      const question = `${key} ${++questions}`;
      await loader.write(Buffer.from(`\nSELECT '${question}';\n`));
      if (!(await answers.has(question))) await endedEarly();
      return answers.report();
    },
    async finish(last = '') {
      await loader.write(
        Buffer.from(`${restrict ? `\\unrestrict ${key}\n` : ''}${last}\nSELECT '${key} end';\n`),
      );
      psql.stdin.end();
      const whole = await answers.has(`${key} end`);
      await psql.done;
      if (!whole) await endedEarly();
    },
    async pour(from, last) {
      const pouring = from(psql.stdin, Buffer.from(`${last}\nSELECT '${key} end';\n`));
      pouring.catch(() => psql.kill());
      const [poured, executed] = await Promise.allSettled([pouring, psql.done]);
      // Of a psql that stopped at an error, the pipe that broke is only the consequence.
      if (poured.status === 'rejected' && poured.reason instanceof OrchestrateError) throw poured.reason;
      if (executed.status === 'rejected') throw executed.reason;
      if (poured.status === 'rejected') throw poured.reason;
      if (!(await answers.has(`${key} end`))) await endedEarly();
      return answers.report();
    },
    async kill() {
      psql.kill();
      await psql.done.catch(() => undefined);
    },
  };
  if (restrict) await loader.write(Buffer.from(`\\restrict ${key}\n`));
  return loader;

  async function endedEarly(): Promise<never> {
    await psql.done;
    throw new OrchestrateError('restore-failed', 'psql ended before it had read the whole dump');
  }
}
