import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, test } from 'node:test';
import { projectFolder } from './stage/project-folder.ts';
import { type ProgramResult, runProgram } from './stage/run-program.ts';
import { stageFolder } from './stage/stage.ts';

const program = resolve(import.meta.dirname, '../bench/run.ts');

describe('the bench', { skip: process.platform !== 'linux' && 'no /proc' }, () => {
  test('fills in every number of its rows and proves what it timed', async () => {
    await stageFolder();
    const json = join(projectFolder(), 'results.json');
    const words = ['pg_dump | gzip', 'memory of backup', '--help'];
    const { exitCode, stdout, stderr } = await bench(
      '--mb',
      '3',
      '--repeat',
      '1',
      '--json',
      json,
      ...rows(words),
    );
    assert.equal(exitCode, 0, stdout + stderr);
    const number = String.raw`\d+(\.\d+)?`;
    const spread = String.raw`${number} (s|MB)( \(${number}–${number}\))?`;
    const judged = String.raw`≤ \S+( MB)? +(met|MISSED)`;
    for (const name of ['backup / pg_dump | gzip', 'backup / pg_dump | gzip: size', '--help / node -e 0'])
      assert.match(stdout, new RegExp(`^${quoted(name)} +${spread} +${spread} +${number} +${judged}$`, 'm'));
    assert.match(stdout, new RegExp(`^memory of backup +${spread} +${judged}$`, 'm'));
    assert.match(stdout, /^1 of 1 timed backups proven$/m);

    const { machine, settings, scenes } = JSON.parse(readFileSync(json, 'utf8'));
    assert.match(machine.postgres, /PostgreSQL/);
    assert.equal(settings.fsync, 'on');
    const [scene] = scenes;
    assert.ok(scene.dumpBytes > 2.5e6 && scene.dumpBytes < 3.5e6, scene.dumpBytes);
    for (const row of scene.rows) assert.ok(row.ours.median > 0 && typeof row.met === 'boolean', row.name);
    for (const { work, runs } of scene.taken) {
      assert.equal(runs.length, ['help', 'node'].includes(work) ? 20 : 1, work);
      for (const run of runs) assert.ok(run.wall > 0 && run.cpu > 0 && run.machine > 0, work);
    }
    const backup = scene.taken.find(({ work }: { work: string }) => work === 'backup');
    assert.ok(backup.peak > 20e6 && backup.runs[0].bytes > 100_000);
  });

  test('says what it can do when it is asked for something else', async () => {
    for (const args of [['--shape', 'round'], ['--mb', 'many'], ['--fast']]) {
      const { exitCode, stderr } = await bench(...args);
      assert.equal(exitCode, 2);
      assert.match(stderr, /usage: node bench\/run.ts/);
    }
  });
});

function rows(words: readonly string[]): string[] {
  return words.map(word => `--rows=${word}`);
}

function bench(...args: string[]): Promise<ProgramResult> {
  return runProgram([process.execPath, program, ...args], { timeout: 120_000 });
}

function quoted(text: string): string {
  return text.replaceAll(/[|/.]/g, '\\$&');
}
