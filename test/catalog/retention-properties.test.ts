import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  applyRetention,
  type RetentionCandidate,
  type RetentionPolicy,
} from '../../src/catalog/retention.ts';

const now = new Date('2026-11-23T12:00:00Z');
const hour = 60 * 60 * 1000;

const candidate = fc.record<RetentionCandidate>({
  // A year back, a month into the future; few enough instants that some are the same.
  startedAt: fc.integer({ min: -8760, max: 720 }).map(hours => new Date(now.getTime() + hours * hour)),
  whole: fc.boolean(),
  proven: fc.boolean(),
  labelled: fc.boolean(),
  automatic: fc.boolean(),
});
const count = fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined });
const policy = fc.record<RetentionPolicy>({ last: count, daily: count, weekly: count, monthly: count });
const backups = fc.array(candidate, { maxLength: 40 });

function decide(given: readonly RetentionCandidate[], policy: RetentionPolicy) {
  const decisions = applyRetention(given, policy, now);
  const kept = decisions.filter(({ reasons }) => reasons.length > 0).map(({ backup }) => backup);
  const removed = decisions.filter(({ reasons }) => reasons.length === 0).map(({ backup }) => backup);
  return { decisions, kept, removed };
}

const isGood = ({ whole, startedAt }: RetentionCandidate) => whole && startedAt <= now;
const newestFirst = (a: RetentionCandidate, b: RetentionCandidate) =>
  b.startedAt.getTime() - a.startedAt.getTime();

/** For every set of backups and every policy. */
function always(claim: (given: readonly RetentionCandidate[], policy: RetentionPolicy) => void): void {
  fc.assert(fc.property(backups, policy, claim), { numRuns: 500 });
}

test('each backup is kept or removed, once, in the order given', () => {
  always((given, policy) =>
    assert.deepEqual(
      decide(given, policy).decisions.map(({ backup }) => backup),
      given,
    ),
  );
});

test('what was given is not changed', () => {
  always((given, policy) => void decide(Object.freeze(given.map(Object.freeze)) as typeof given, policy));
});

test('where there was a good backup, the newest one is kept', () => {
  always((given, policy) => {
    const newest = given.filter(isGood).sort(newestFirst)[0];
    if (newest)
      assert.ok(
        decide(given, policy).kept.some(one => one.startedAt.getTime() === newest.startedAt.getTime()),
      );
  });
});

test('what has a label, is damaged or is dated in the future is never removed', () => {
  always((given, policy) => {
    for (const one of decide(given, policy).removed) assert.ok(isGood(one) && !one.labelled);
  });
});

test('the newest proven one is never removed', () => {
  always((given, policy) => {
    const proven = given.filter(one => isGood(one) && one.proven).sort(newestFirst)[0];
    if (proven)
      assert.ok(
        decide(given, policy).kept.some(
          one => one.proven && one.startedAt.getTime() === proven.startedAt.getTime(),
        ),
      );
  });
});

test('of the automatic ones at least the newest three are kept', () => {
  always((given, policy) => {
    const good = (list: readonly RetentionCandidate[]) => list.filter(one => isGood(one) && one.automatic);
    assert.ok(good(decide(given, policy).kept).length >= Math.min(3, good(given).length));
  });
});

test('damaged and future ones, and automatic ones, change nothing for what the rules keep', () => {
  always((given, policy) => {
    const ordinary = given.filter(one => isGood(one) && !one.automatic);
    const ruled = (list: readonly RetentionCandidate[]) =>
      decide(list, policy)
        .decisions.filter(({ reasons }) => reasons.some(reason => Object.hasOwn(policy, reason)))
        .map(({ backup }) => backup);
    assert.deepEqual(ruled(given), ruled(ordinary));
  });
});

test('deciding again after removing removes nothing more', () => {
  always((given, policy) => assert.deepEqual(decide(decide(given, policy).kept, policy).removed, []));
});
