import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  applyRetention,
  type RetentionCandidate,
  type RetentionPolicy,
} from '../../src/catalog/retention.ts';

interface Named extends RetentionCandidate {
  readonly name: string;
}

const now = new Date(2026, 10, 23, 12);

/** "2026-11-20 08" in local time, with letters behind it for what is special about the backup. */
function candidate(written: string): Named {
  const [, year, month, day, hour, marks] = /^(\d+)-(\d+)-(\d+) (\d+)(\w*)$/.exec(written)!;
  const has = (mark: string) => marks!.includes(mark);
  return {
    name: written,
    startedAt: new Date(Number(year), Number(month) - 1, Number(day), Number(hour)),
    whole: !has('D'), // damaged
    proven: has('P'),
    labelled: has('L'),
    automatic: has('A'),
    undoes: has('U'),
  };
}

function kept(written: readonly string[], policy: RetentionPolicy): Record<string, readonly string[]> {
  const decisions = applyRetention(written.map(candidate), policy, now);
  assert.deepEqual(
    decisions.map(({ backup }) => backup.name),
    written,
  );
  return Object.fromEntries(
    decisions
      .filter(({ reasons }) => reasons.length > 0)
      .map(({ backup, reasons }) => [backup.name, reasons]),
  );
}

const days = ['2026-11-19 08', '2026-11-20 08', '2026-11-20 20', '2026-11-21 08', '2026-11-22 08'];
const notWhole = 'not whole: not counted, look at it';
const future = 'dated in the future: not counted';
const automatic = 'one of the newest 3 that were made automatically';

const policies: [policy: RetentionPolicy, written: string[], kept: Record<string, string[]>][] = [
  [
    { last: 1 },
    ['2026-11-19 08AU', '2026-11-20 08A', '2026-11-21 08A', '2026-11-22 07A', '2026-11-22 08'],
    {
      '2026-11-19 08AU': ['undo would restore it'],
      '2026-11-20 08A': [automatic],
      '2026-11-21 08A': [automatic],
      '2026-11-22 07A': [automatic],
      '2026-11-22 08': ['the last good one', 'last'],
    },
  ],
  [{ last: 2 }, days, { '2026-11-21 08': ['last'], '2026-11-22 08': ['the last good one', 'last'] }],
  [
    { daily: 3 },
    days,
    {
      '2026-11-20 20': ['daily'],
      '2026-11-21 08': ['daily'],
      '2026-11-22 08': ['the last good one', 'daily'],
    },
  ],
  [
    // 16 and 22 November 2026 are the Monday and the Sunday of one week.
    { weekly: 2 },
    ['2026-11-09 08', '2026-11-15 23', '2026-11-16 00', '2026-11-22 23'],
    { '2026-11-15 23': ['weekly'], '2026-11-22 23': ['the last good one', 'weekly'] },
  ],
  [
    { monthly: 3 },
    ['2025-11-01 00', '2026-08-31 23', '2026-10-01 00', '2026-10-31 23', '2026-11-01 00'],
    {
      '2026-08-31 23': ['monthly'],
      '2026-10-31 23': ['monthly'],
      '2026-11-01 00': ['the last good one', 'monthly'],
    },
  ],
  [
    { last: 1, monthly: 2 },
    ['2026-10-01 00', '2026-10-31 23', '2026-11-22 00'],
    { '2026-10-31 23': ['monthly'], '2026-11-22 00': ['the last good one', 'last', 'monthly'] },
  ],
  [{ last: 9 }, ['2026-11-22 08'], { '2026-11-22 08': ['the last good one', 'last'] }],
  [{ last: 1 }, [], {}],
];

describe('the rules keep', () => {
  for (const [policy, written, expected] of policies) {
    test(`with ${JSON.stringify(policy)} of ${written.join(', ') || 'nothing'} what they say`, () => {
      assert.deepEqual(kept(written, policy), expected);
    });
  }
});

test('without a rule everything stays', () => {
  assert.deepEqual(Object.keys(kept(days, {})), days);
  assert.deepEqual(Object.keys(kept(days, { last: undefined })), days);
});

describe('beyond the rules stays', () => {
  test('what has a label', () => {
    const result = kept(['2026-11-01 08L', '2026-11-21 08', '2026-11-22 08'], { last: 1 });
    assert.deepEqual(result['2026-11-01 08L'], ['has a label']);
    assert.equal(result['2026-11-21 08'], undefined);
  });

  test('the last one that was proven', () => {
    const result = kept(['2026-11-01 08P', '2026-11-02 08P', '2026-11-21 08', '2026-11-22 08'], { last: 1 });
    assert.deepEqual(Object.keys(result), ['2026-11-02 08P', '2026-11-22 08']);
    assert.deepEqual(result['2026-11-02 08P'], ['the last proven one']);
  });

  test('the last good one, also when it was made automatically', () => {
    const result = kept(['2026-11-21 08', '2026-11-22 08A'], { last: 1 });
    assert.deepEqual(result, {
      '2026-11-21 08': ['last'],
      '2026-11-22 08A': [automatic, 'the last good one'],
    });
  });
});

test('automatic ones count for themselves: the newest three stay, and none takes another’s place', () => {
  const written = ['01 08A', '02 08A', '03 08A', '04 08A', '05 08', '06 08'].map(day => `2026-11-${day}`);
  assert.deepEqual(Object.keys(kept(written, { last: 1 })), [
    '2026-11-02 08A',
    '2026-11-03 08A',
    '2026-11-04 08A',
    '2026-11-06 08',
  ]);
});

test('a damaged one stays to be looked at, and pushes no good one out', () => {
  const result = kept(['2026-11-20 08', '2026-11-21 08', '2026-11-22 08D', '2026-11-22 09DLPA'], { last: 1 });
  assert.deepEqual(result, {
    '2026-11-21 08': ['the last good one', 'last'],
    '2026-11-22 08D': [notWhole],
    '2026-11-22 09DLPA': [notWhole],
  });
});

test('one that is dated in the future stays, and pushes no good one out', () => {
  const result = kept(['2026-11-20 08', '2026-11-21 08', '2031-01-01 00'], { last: 1, daily: 1 });
  assert.deepEqual(result, {
    '2026-11-21 08': ['the last good one', 'last', 'daily'],
    '2031-01-01 00': [future],
  });
});
