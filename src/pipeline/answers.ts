import type { Readable } from 'node:stream';

/** What psql reported of a load. */
export interface LoadReport {
  /** The row counts of the COPY statements, in order. */
  readonly copied: readonly number[];
  /** The answer to `askTransaction`, where that was fed. */
  readonly transaction: string | undefined;
}

export interface Answers {
  /** Waits for a line; false when psql's output ended without it. */
  has(line: string): Promise<boolean>;
  report(): LoadReport;
}

/** Reads psql's command tags and what it answers to questions. Rows that the dump's own SELECTs print pass by. */
export function readAnswers(stdout: Readable): Answers {
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
