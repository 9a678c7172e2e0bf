import { test } from 'node:test';
import { killRuns } from './killed-runs.ts';

test('two hundred runs that are killed at any moment leave the database whole', () => killRuns(200));
