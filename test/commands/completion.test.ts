import assert from 'node:assert/strict';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { before, describe, test } from 'node:test';
import { cleanEnv, runCli } from '../stage/cli.ts';
import { findProgram, installPackages } from '../stage/debian-packages.ts';
import { projectFolder } from '../stage/project-folder.ts';
import { mustRun, startProgram } from '../stage/run-program.ts';
import { waitUntil } from '../stage/wait-until.ts';
import { sampleManifest } from '../store/backup-folder.ts';

const main = resolve(import.meta.dirname, '../../src/main.ts');
const down = { adapter: 'local-hybrid', url: 'postgresql://u:s3cret@127.0.0.1:1/shop' };

describe('completion', () => {
  let folder: string;
  let env: Record<string, string>;
  before(async () => {
    const shells = ['bash', 'zsh', 'fish'].filter(shell => !findProgram(shell));
    if (shells.length > 0) await installPackages(shells, 'the test of completion');
    folder = projectFolder({
      'backup.config.json': JSON.stringify({ targets: { local: down, 'live.2': down } }),
      'other.json': JSON.stringify({ targets: { elsewhere: down }, discover: true }),
      'bin/db-orchestrate': `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`,
      'backups/shop_backup_20260101_120000.sql.gz': 'data!',
      'a file; touch hacked.sql': '',
    });
    const path = join(folder, 'backups/other_backup_20260102_120000.sql.gz');
    writeFileSync(path, 'data!');
    const label = 'it\'s "good"\t$(touch hacked)`touch hacked`;touch hacked\n:x \u001b[2J';
    const manifest = sampleManifest(new Date(2026, 0, 2, 12), { target: 'live.2', label });
    writeFileSync(`${path}.json`, JSON.stringify(manifest));
    chmodSync(join(folder, 'bin/db-orchestrate'), 0o755);
    env = { ...cleanEnv(), PATH: `${folder}/bin:${process.env.PATH}` };
  });

  /** Lines of `value<tab>about`; the first says what else to offer. */
  async function answer(...words: string[]): Promise<[also: string, values: string[]]> {
    const { stdout, stderr, exitCode } = await runCli(['__complete', '--', ...words], { cwd: folder });
    assert.deepEqual([exitCode, stderr], [0, '']);
    const [also, ...lines] = stdout.trimEnd().split('\n');
    return [also!, lines.map(line => line.split('\t')[0]!)];
  }

  test('knows commands and options from the program itself', async () => {
    const help = (await runCli(['--help'], { cwd: folder })).stdout;
    const [, commands] = await answer('');
    for (const command of commands) assert.match(help, new RegExp(`^  ${command}\\b`, 'm'));
    assert.ok(commands.includes('restore') && !commands.includes('__complete'));
    assert.doesNotMatch(help, /__complete/);
    assert.deepEqual(await answer('res'), ['nothing', ['restore']]);
    assert.deepEqual(await answer('restore', '--sa'), ['nothing', ['--safety-backup']]);
    assert.deepEqual(await answer('--quiet', 'restore', '--conf'), ['nothing', ['--config']]);
    assert.deepEqual(await answer('restore', '--mode', ''), ['nothing', ['swap', 'in-place']]);
    assert.deepEqual(await answer('completion', ''), ['nothing', ['bash', 'zsh', 'fish']]);
    assert.deepEqual(await answer('backup', '--label', ''), ['nothing', []]);
    assert.deepEqual(await answer('nonsense', ''), ['nothing', []]);
    assert.deepEqual(await answer('--config', ''), ['files', []]);
    assert.deepEqual(await answer('guard', '--', ''), ['programs', []]);
    assert.deepEqual(await answer('guard', '--', 'npm', '--ta'), ['files', []]);
  });

  test('knows the names of targets, in either way of writing them, and the ids of backups', async () => {
    assert.deepEqual(await answer('list', '--target', 'l'), ['nothing', ['local', 'live.2']]);
    assert.deepEqual(await answer('list', '--target=lo'), ['nothing', ['--target=local']]);
    assert.deepEqual(await answer('list', '--target', '=', 'lo'), ['nothing', ['local']]);
    assert.deepEqual(await answer('--config', 'other.json', 'list', '--target', ''), [
      'nothing',
      ['elsewhere'],
    ]);
    const ids = ['20260102_120000', '20260101_120000'];
    for (const command of ['restore', 'show', 'verify', 'diff'])
      assert.deepEqual(await answer(command, ''), ['files', ['latest', ...ids]]);
    assert.deepEqual(await answer('restore', '--target', 'live.2', '2026'), ['files', ids.slice(0, 1)]);
    assert.deepEqual(await answer('diff', 'latest', 'l'), ['files', ['latest', 'live']]);
  });

  test('says nothing where the configuration is wrong', async () => {
    assert.deepEqual(await answer('--config', 'none.json', 'list', '--target', ''), ['nothing', []]);
  });

  test('bash completes words, and takes nothing of an answer for a command', async () => {
    const complete = async (...words: string[]) => {
      const script = `
        source <(db-orchestrate completion bash)
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
        _db_orchestrate
        printf '%s\\n' "\${COMPREPLY[@]}"`;
      const { stdout } = await mustRun(['bash', '--norc', '-c', script, 'bash', 'db-orchestrate', ...words], {
        cwd: folder,
        env,
      });
      return stdout.trim().split('\n');
    };
    assert.deepEqual(await complete('res'), ['restore']);
    assert.deepEqual(await complete('restore', '--target', '=', 'li'), ['live.2']);
    assert.deepEqual(await complete('restore', ''), ['latest', '20260102_120000', '20260101_120000']);
    assert.ok((await complete('guard', '--', 'mkdi')).includes('mkdir'));
    assert.equal(existsSync(join(folder, 'hacked')), false);
  });

  /** An interactive shell on a terminal of its own: types, and waits for what the screen shows. */
  function terminal(shell: string) {
    const program = startProgram(['script', '-q', '-c', shell, '/dev/null'], {
      cwd: folder,
      env: { ...env, TERM: 'xterm', PS1: '> ' },
      input: 'open',
      timeout: 120_000,
    });
    return {
      type: (keys: string) => void program.child.stdin?.write(keys),
      shows: (text: string) =>
        waitUntil(`the terminal shows ${text}`, () => program.stdoutSoFar().includes(text)),
      async end() {
        program.kill('SIGTERM');
        await program.finished;
      },
    };
  }

  test('bash on a terminal completes on Tab', async () => {
    const { type, shows, end } = terminal('bash --norc --noprofile -i');
    type('source <(db-orchestrate completion bash); echo rea""dy\n');
    await shows('ready');
    type('db-orchestrate restore --target=loc\t20260101\t --dry-ru\t');
    await shows('--target=local 20260101_120000  --dry-run');
    await end();
  });

  test('zsh on a terminal completes on Tab, with what stands beside the words', async () => {
    const { type, shows, end } = terminal('zsh -f -i');
    type("autoload -Uz compinit; compinit -u -D; source <(db-orchestrate completion zsh); echo rea''dy\n");
    await shows('ready');
    type('db-orchestrate lis\t--target=liv\t--quie\t\n');
    await shows('./backups/other_backup_20260102_120000.sql.gz');
    type('\u0015db-orchestrate show 2026\t\t');
    await shows('touch hacked');
    type('\u0015echo sti""ll here\n');
    await shows('still here');
    await end();
    assert.equal(existsSync(join(folder, 'hacked')), false);
  });

  test('fish completes words, with what stands beside them', async () => {
    const complete = async (line: string) => {
      const script = 'db-orchestrate completion fish | source; complete -C "$argv[1]"';
      const { stdout } = await mustRun(['fish', '--no-config', '-c', script, line], { cwd: folder, env });
      return stdout.trimEnd().split('\n');
    };
    assert.deepEqual(await complete('db-orchestrate res'), ['restore\tput a backup back']);
    assert.deepEqual(
      (await complete('db-orchestrate list --target=li')).map(line => line.split('\t')[0]),
      ['--target=live.2'],
    );
    const shown = await complete('db-orchestrate show 2026');
    assert.match(shown[0]!, /^20260102_120000\t.* ago, 5 B, live\.2, it's "good"/);
    assert.match(shown[1]!, /^20260101_120000\t/);
    assert.ok(
      (await complete('db-orchestrate show ./a')).some(line => line.includes('a file; touch hacked.sql')),
    );
    assert.ok((await complete('db-orchestrate guard -- mkdi')).some(line => line.startsWith('mkdir')));
    assert.equal(existsSync(join(folder, 'hacked')), false);
  });
});
