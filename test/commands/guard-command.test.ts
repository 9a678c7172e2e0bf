import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { cleanEnv, runCli } from '../stage/cli.ts';
import { type GuardProject, guardProject } from './guard-project.ts';

describe('the command of guard', () => {
  let project: GuardProject;
  before(async () => {
    project = await guardProject();
    writeFileSync(project.path('.env'), 'LEAKED=yes\n');
    writeFileSync(
      project.path('echo.mjs'),
      `import { readFileSync } from 'node:fs';
       console.log(JSON.stringify([process.argv.slice(2), readFileSync(0, 'utf8'), process.env, process.cwd()]));`,
    );
  });

  const hostile = ['', 'a  b', '$(id)', '`id`', `'"`, 'two\nlines', '*', '\\', '\x1b[31m', 'é'];
  const ours = ['--json', '--help', '-V', '--', '--target', 'x', '--auto-restore', '--quiet', '-'];
  for (const options of [[], ['--target', 'local']]) {
    test(`gets its words, input, environment and folder as they are, behind ${options.length} words of guard`, async () => {
      const words = [...hostile, ...ours];
      const env = { ODD: '$x\n' };
      const command = [process.execPath, 'echo.mjs', ...words];
      const { stdout, stderr } = await runCli(['guard', ...options, '--', ...command], {
        cwd: project.folder,
        env,
        input: 'yes\n',
      });
      assert.deepEqual(
        JSON.parse(stdout),
        [words, 'yes\n', { ...cleanEnv(), ...env }, project.folder],
        stderr,
      );
    });
  }

  const notStarted: Record<string, [exitCode: number, message: string]> = {
    'no-such-program': [127, 'no-such-program cannot be started: there is no such program'],
    './echo.mjs/x': [126, './echo.mjs/x cannot be started: spawn ENOTDIR'],
    './echo.mjs': [126, './echo.mjs cannot be started: it is not executable'],
  };
  for (const [program, [code, message]] of Object.entries(notStarted)) {
    test(`ends with ${code} when ${program} cannot be started, and the backup is kept`, async () => {
      const { exitCode, stdout, stderr } = await project.guard(
        '--auto-restore',
        '--json',
        '--',
        program,
        '-x',
      );
      assert.equal(exitCode, code, stderr);
      const { error } = JSON.parse(stdout);
      assert.deepEqual([error.code, error.message, error.exitCode], ['usage', message, code]);
      assert.match(error.hint, /^Nothing was run, and the backup is kept\./);
      const backups = readdirSync(project.path('backups'));
      const [, name = 'none'] = /^\.\/backups\/(\S+)$/m.exec(stderr) ?? [];
      assert.ok(backups.includes(name), stderr);
    });
  }

  const refused: [words: string[], said: RegExp][] = [
    [[], /^error: no COMMAND was given\nhint: .* guard -- npx /],
    [['--'], /^error: no COMMAND was given\n/],
    [['--target', 'local', '--', ''], /^error: no COMMAND was given\n/],
    [['npm', 'run', 'x'], /^error: COMMAND has to stand behind --, .*\nhint: .* guard -- npm …\n$/],
    [['npm', '--json', '--quiet', 'x'], /^error: COMMAND has to stand behind --/],
    [['npm', '--', '--json'], /^error: COMMAND has to stand behind --/],
    [['--target', 'local', 'npm'], /^error: COMMAND has to stand behind --/],
    [['--nonsense', '--', 'npm', '--json'], /^error: unknown option --nonsense\nhint: .* guard -- /],
  ];
  for (const [words, said] of refused) {
    test(`is nothing but what stands behind --: guard ${words.join(' ')}`, async () => {
      const { exitCode, stdout, stderr } = await project.guard(...words);
      assert.equal(exitCode, 2);
      assert.match(stderr, said);
      if (!words.includes('--json')) assert.equal(stdout, '');
    });
  }

  test('and its exit codes stand in the help', async () => {
    const { stdout } = await project.guard('--help');
    assert.match(stdout, /guard \[options\] -- COMMAND…[\s\S]*COMMAND's own[\s\S]*Exit codes:/);
  });
});
