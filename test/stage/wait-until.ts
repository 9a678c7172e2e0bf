import { setTimeout as sleep } from 'node:timers/promises';

/** Asks until the answer is true. The limit is only for what never comes: a slow machine takes the time it needs. */
export async function waitUntil(
  what: string,
  ask: () => Promise<boolean> | boolean,
  limit = 60_000,
): Promise<void> {
  const end = Date.now() + limit;
  while (!(await ask())) {
    if (Date.now() > end) throw new Error(`waited ${limit} ms in vain: ${what}`);
    await sleep(50);
  }
}
