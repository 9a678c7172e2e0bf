import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Report } from '../reporter.ts';
import { projectFolder } from './project-folder.ts';
import { runTestFile } from './run-test-file.ts';

const passing = `import { after, before, describe, test } from 'node:test';\ntest('passes', () => {});\n`;

/** What the runner counts for a test file with this text. */
async function reportsOf(text: string, limitMinutes = 1): Promise<readonly Report[]> {
  const folder = projectFolder({ 'a.test.ts': text });
  const { reports } = await runTestFile(join(folder, 'a.test.ts'), folder, limitMinutes).finished;
  return reports;
}

async function failure(text: string, limitMinutes?: number): Promise<string> {
  const failures = (await reportsOf(text, limitMinutes)).filter(report => report.type === 'fail');
  assert.equal(failures.length, 1);
  return `${failures[0]?.name}: ${failures[0]?.detail}`;
}

test('a file whose tests pass counts them', async () => {
  assert.deepEqual(await reportsOf(passing), [{ type: 'pass', name: 'passes' }, { type: 'end' }]);
});

test('a failing test is told with its suite, its place and its error', async () => {
  const reports = await reportsOf(
    `${passing}describe('s', () => {\n  test('t', () => { throw new Error('no'); });\n});`,
  );
  const report = reports.find(one => one.type === 'fail');
  assert.equal(report?.name, 's › t');
  assert.match(report?.where ?? '', /a\.test\.ts:4:3$/);
  assert.match(report?.detail ?? '', /Error: no/);
});

test('a skipped test is told with its reason', async () => {
  const reports = await reportsOf(`${passing}test('s', { skip: 'why' }, () => {});`);
  assert.deepEqual(reports[1], { type: 'skip', name: 's', reason: 'why' });
});

test('a hook that fails after the tests counts as failed', async () => {
  assert.match(await failure(`${passing}after(() => { throw new Error('cleaning'); });`), /Error: cleaning/);
});

test('a hook of a suite that fails before its tests counts as failed', async () => {
  const reports = await reportsOf(
    `${passing}describe('s', () => { before(() => { throw new Error('b'); }); test('t', () => {}); });`,
  );
  assert.ok(reports.some(report => report.type === 'fail' && /Error: b/.test(report.detail)));
});

test('a file that crashes counts as failed', async () => {
  assert.match(
    await failure(`${passing}throw new Error('crash');`),
    /the file itself: the file ended with exit code \d/,
  );
});

test('a file that leaves early counts as failed, whatever its exit code', async () => {
  assert.match(await failure(`${passing}test('leaves', () => process.exit(0));`), /the file itself/);
});

test('a file that is killed counts as failed', async () => {
  assert.match(
    await failure(`${passing}test('dies', () => process.kill(process.pid, 'SIGKILL'));`),
    /SIGKILL/,
  );
});

test('a file without a test counts as failed', async () => {
  assert.match(await failure('export {};'), /no test ran in it/);
});

test('a file that does not end is ended and counts as failed', async () => {
  assert.match(
    await failure(`${passing}setInterval(() => {}, 1000);`, 0.1),
    /did not end within 0.1 minutes/,
  );
});

test('a rejection that nobody handles counts as failed', async () => {
  assert.match(
    await failure(
      `${passing}test('t', () => { setTimeout(() => Promise.reject(new Error('late')), 50); });\ntest('u', () => new Promise(r => setTimeout(r, 200)));`,
    ),
    /late|the file itself/,
  );
});
