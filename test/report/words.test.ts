import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ageInWords, dateInWords, durationInWords, pathInWords } from '../../src/report/words.ts';

test('an age is told in its largest unit', () => {
  const now = new Date(2026, 10, 23, 12);
  const ages: [seconds: number, words: string][] = [
    [0, '0 seconds ago'],
    [59, '59 seconds ago'],
    [60, '1 minute ago'],
    [3599, '59 minutes ago'],
    [3 * 3600 + 5, '3 hours ago'],
    [47 * 86400, '1 month ago'],
    [800 * 86400, '2 years ago'],
    [-7300, 'in 2 hours'],
  ];
  for (const [seconds, words] of ages)
    assert.equal(ageInWords(new Date(now.getTime() - seconds * 1000), now), words);
});

test('a duration has no more digits than it deserves', () => {
  assert.deepEqual([0.05, 3.24, 59.94, 250].map(durationInWords), ['50 ms', '3.2 s', '59.9 s', '4 min 10 s']);
  assert.deepEqual([0.9999, 59.97, 119.7].map(durationInWords), ['1.0 s', '1 min 0 s', '2 min 0 s']);
});

test('dates are local, and paths are as a person here would type them', () => {
  assert.equal(dateInWords(new Date(2026, 0, 2, 3, 4, 5)), '2026-01-02 03:04:05');
  assert.equal(pathInWords('/a/b/c.sql', '/a'), './b/c.sql');
  assert.equal(pathInWords('/a/c.sql', '/a/b'), '/a/c.sql');
  assert.equal(pathInWords('/ab/c.sql', '/a'), '/ab/c.sql');
  assert.equal(pathInWords('/a/..b/c.sql', '/a'), './..b/c.sql');
});
