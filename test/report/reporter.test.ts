import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { OrchestrateError } from '../../src/errors.ts';
import { createReporter, type ReportOptions } from '../../src/report/reporter.ts';

function outputs(isTTY: boolean) {
  const text = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof text) => {
    const write = (chunk: Buffer, _encoding: string, done: () => void) => {
      text[name] += chunk;
      done();
    };
    return Object.assign(new Writable({ write }), { isTTY, columns: 40 }) as unknown as NodeJS.WriteStream;
  };
  return { text, stdout: stream('stdout'), stderr: stream('stderr') };
}

const plain: ReportOptions = { json: false, quiet: false, verbose: false };

test('on a terminal progress is one line that is rewritten, and gone before anything else is said', async () => {
  const out = outputs(true);
  const report = createReporter(out, plain);
  report.event({ type: 'progress', stage: 'restore', bytes: 1024, total: 4096 });
  await sleep(110);
  report.event({ type: 'progress', stage: 'restore', bytes: 2048, total: 4096 });
  report.say('done');
  report.say('and more');
  const shown = out.text.stderr;
  assert.match(shown, /\r\x1b\[2Krestore: 2 KiB of 4 KiB, 0 s/);
  assert.ok(shown.endsWith('\r\x1b[2Kdone\nand more\n'), JSON.stringify(shown));
  assert.equal(out.text.stdout, '');
  for (const line of shown.split('\r')) assert.ok(line.replace('\x1b[2K', '').length <= 40);
});

test('elsewhere short work shows no progress, and nothing moves', () => {
  const out = outputs(false);
  const report = createReporter(out, plain);
  for (let bytes = 0; bytes < 5000; bytes += 1) report.event({ type: 'progress', stage: 'backup', bytes });
  report.result('path  47 B\n', {});
  assert.deepEqual(out.text, { stdout: 'path  47 B\n', stderr: '' });
});

test('quiet leaves out talk, notices and progress; verbose adds how it is done', () => {
  const tell = (options: Partial<ReportOptions>) => {
    const out = outputs(false);
    const report = createReporter(out, { ...plain, ...options });
    report.say('talk');
    report.event({ type: 'notice', message: 'notice' });
    report.event({ type: 'detail', message: 'detail' });
    report.event({ type: 'warning', message: 'careful' });
    return out.text.stderr;
  };
  assert.equal(tell({}), 'talk\nnotice\nwarning: careful\n');
  assert.equal(tell({ quiet: true }), 'warning: careful\n');
  assert.equal(tell({ verbose: true }), 'talk\nnotice\ndetail\nwarning: careful\n');
});

test('a failure is told without passwords and control characters, with --json as one document', () => {
  const out = outputs(false);
  const failure = new OrchestrateError('unreachable', 'no postgres://a:secret@h/d\x1b[2J', {
    hint: 'Start it.',
  });
  createReporter(out, { ...plain, json: true }).failure(failure);
  assert.equal(out.text.stderr, 'error: no postgres://a:***@h/d\\u{1b}[2J\nhint: Start it.\n');
  const { error } = JSON.parse(out.text.stdout);
  assert.deepEqual([error.code, error.hint, error.exitCode], ['unreachable', 'Start it.', 3]);
});

test('what nobody expected is a defect, and says where to report it', () => {
  const out = outputs(false);
  createReporter(out, plain).failure(new TypeError('x is not a function'));
  assert.match(out.text.stderr, /^error: this is a defect of db-orchestrate: TypeError: x is not/);
  assert.match(out.text.stderr, /^hint: .*--verbose and report/m);
});
