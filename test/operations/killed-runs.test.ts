import { test } from 'node:test';
import { killRuns } from './killed-runs.ts';

test('a run that is killed at any moment leaves the database whole, and the next one needs no help', () =>
  killRuns(10));
