import { after } from 'node:test';

const pending: (() => Promise<unknown>)[] = [];

/**
 * Registers what is done after the last test of the file, the last one first. Unlike node:test's own `after`
 * it means the file wherever it is called: within a `before` hook that one would run after the first test.
 */
export function afterFile(action: () => Promise<unknown>): void {
  pending.push(action);
}

after(async () => {
  const failures: unknown[] = [];
  for (const action of pending.splice(0).reverse()) await action().catch(error => failures.push(error));
  if (failures.length > 0) throw new AggregateError(failures, `could not clean up: ${failures.join('; ')}`);
});
