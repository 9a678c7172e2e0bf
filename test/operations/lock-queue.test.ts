import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { createLockQueue } from '../../src/operations/load/lock-queue.ts';

const item = fc.record({
  locks: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 2 }),
  shared: fc.boolean(),
  turns: fc.integer({ min: 0, max: 5 }),
});

test('each item is worked on once, never two at a time that would wait for one another', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(item, { maxLength: 20 }),
      fc.integer({ min: 1, max: 4 }),
      async (items, workers) => {
        const queue = createLockQueue<(typeof items)[number]>(one => one);
        queue.add(items.slice(0, 3));
        const running = new Set<(typeof items)[number]>();
        const done: (typeof items)[number][] = [];
        const work = async (one: (typeof items)[number], beside: (most: number) => number) => {
          assert.ok(beside(2) >= Math.min(2, running.size));
          for (const other of running)
            if (other.locks.some(lock => one.locks.includes(lock))) assert.ok(one.shared && other.shared);
          running.add(one);
          for (let count = 0; count < one.turns; count += 1) await turn();
          running.delete(one);
          done.push(one);
        };
        const all = Array.from({ length: workers }, () => queue.each(work));
        await turn();
        queue.add(items.slice(3));
        queue.end();
        await Promise.all(all);
        assert.equal(done.length, items.length);
        assert.equal(new Set(done).size, items.length);
      },
    ),
  );
});

test('two that share a lock are worked on at the same time', async () => {
  const queue = createLockQueue<string>(() => ({ locks: ['t'], shared: true }));
  queue.add(['x', 'y']);
  queue.end();
  let at = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++at);
    await turn();
    at -= 1;
  };
  await Promise.all([queue.each(work), queue.each(work)]);
  assert.equal(most, 2);
});
