import { ClientFailure } from '../../contract/adapter.ts';
import type { RunStatement } from '../../postgres/dump-text/load-layout.ts';
import type { Load } from './load.ts';
import type { Worker } from './loaders.ts';
import { createLockQueue, type LockQueue } from './lock-queue.ts';

export interface ReadyStatement {
  readonly statement: RunStatement;
  readonly text: Buffer;
}

/** Statements that commute, for several sessions to execute as far as they do not lock one another out. */
export function statementQueue(): LockQueue<ReadyStatement> {
  return createLockQueue(({ statement: { kind, locks } }) => ({ locks, shared: kind === 'index' }));
}

/** Has the session execute what it gets, with workers of the server's where `busy` others and the queue leave jobs for them. */
export function executeFrom(
  queue: LockQueue<ReadyStatement>,
  worker: Worker,
  load: Load,
  busy: () => number = () => 0,
): Promise<void> {
  const { jobs } = load.loaders;
  return queue.each(async (one, beside) => {
    const together = Math.min(jobs, 1 + busy() + beside(jobs));
    await worker.help(Math.floor(jobs / together) - 1);
    await execute(one, worker, load);
  });
}

async function execute({ statement, text }: ReadyStatement, worker: Worker, load: Load): Promise<void> {
  try {
    await worker.use(statement.settings, load);
    await worker.write(text);
    await worker.executed();
  } catch (error) {
    if (!(error instanceof ClientFailure)) throw error;
    const { program, exitCode, stderr } = error;
    throw new ClientFailure(program, exitCode, `${statement.words}: ${stderr.trim()}`);
  }
}
