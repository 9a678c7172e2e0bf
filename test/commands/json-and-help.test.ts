import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { runCli, startCli } from '../stage/cli.ts';
import { freePort } from '../stage/free-port.ts';
import { projectFolder } from '../stage/project-folder.ts';

describe('the command line', () => {
  let folder: string;
  let url: string;
  before(async () => {
    folder = projectFolder();
    url = `postgresql://app:se%20cret@127.0.0.1:${await freePort()}/app`;
  });

  test('--help names every command and every exit code', async () => {
    const { exitCode, stdout, stderr } = await runCli(['--help'], { cwd: folder });
    assert.equal(exitCode, 0);
    assert.equal(stderr, '');
    for (const command of 'backup restore undo guard list prune targets doctor init completion'.split(' '))
      assert.match(stdout, new RegExp(`^ {2}${command}\\b`, 'm'));
    for (const code of ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '129, 130, 143'])
      assert.match(stdout, new RegExp(`^ {2}${code} +\\w`, 'm'));
    const ofCommand = await runCli(['restore', '--help'], { cwd: folder });
    assert.equal(ofCommand.exitCode, 0);
    assert.match(ofCommand.stdout, /--no-owners[\s\S]*Exit codes:/);
    assert.match((await runCli(['--version'], { cwd: folder })).stdout, /^\d+\.\d+\.\d+\n$/);
  });

  const usage: Record<string, string[]> = {
    'no command': [],
    'an unknown command': ['restroe', 'latest'],
    'an unknown option': ['list', '--nonsense'],
    'an unknown option before the command': ['--nonsense', 'list'],
    'a missing argument': ['restore'],
    'an argument too many': ['list', 'latest'],
    'an option without its value': ['backup', '--label'],
    'options that exclude each other': ['--quiet', '--verbose', 'list'],
    'nothing configured': ['backup'],
    'an unknown target': ['backup', '--target', 'nowhere'],
    'a config file that is not there': ['--config', 'no.json', 'list'],
  };
  for (const [what, args] of Object.entries(usage)) {
    test(`${what} ends with 2 and a hint, and with --json with one document`, async () => {
      const env = args.includes('--target') ? { DATABASE_URL: url } : {};
      const plain = await runCli(args, { cwd: folder, env });
      assert.equal(plain.exitCode, 2, plain.stderr);
      assert.equal(plain.stdout, '');
      assert.match(plain.stderr, /^error: .+\n(.+\n)*hint: .+\n$/);
      const json = await runCli([...args, '--json'], { cwd: folder, env });
      assert.equal(json.exitCode, 2);
      const { error } = JSON.parse(json.stdout);
      assert.deepEqual(Object.keys(error), ['code', 'message', 'hint', 'exitCode']);
      assert.deepEqual([error.code, error.exitCode], ['usage', 2]);
      assert.ok(plain.stderr.includes(error.message.split('\n')[0]));
    });
  }

  test('a server that cannot be reached ends with 3, and no word of the password', async () => {
    const all = [];
    for (const args of [['backup'], ['restore', './x.sql', '--force'], ['undo', '--force'], ['targets']]) {
      writeFileSync(join(folder, 'x.sql'), whole);
      const result = await runCli(['--json', '--verbose', ...args], {
        cwd: folder,
        env: { DATABASE_URL: url },
      });
      assert.equal(result.exitCode, args[0] === 'targets' ? 0 : 3, result.stderr);
      if (args[0] !== 'targets') assert.equal(JSON.parse(result.stdout).error.code, 'unreachable');
      all.push(result.stdout, result.stderr);
    }
    assert.doesNotMatch(all.join(), /se(%20| )cret/);
  });

  test('without a terminal there are no colours and no moving lines', async () => {
    mkdirSync(join(folder, 'backups'), { recursive: true });
    writeFileSync(join(folder, 'backups/old_backup_20200102_030405.sql.gz'), '');
    const { stdout, stderr } = await runCli(['list'], { cwd: folder });
    assert.match(stdout, /^20200102_030405 +2020-01-02 03:04:05 .*old_backup/m);
    assert.doesNotMatch(stdout + stderr, /\x1b|\r/);
  });

  test('a reader that goes away early, of stdout or of stderr, is no failure', async () => {
    for (const stream of ['stdout', 'stderr'] as const) {
      const args = stream === 'stdout' ? ['list'] : ['backup'];
      const run = startCli(args, { cwd: folder });
      run.child[stream]?.destroy();
      const { exitCode, signal, stderr } = await run.finished;
      assert.deepEqual([exitCode, signal], [stream === 'stdout' ? 0 : 2, null], stderr);
      assert.equal(stderr, '');
    }
  });

  test('--quiet leaves the talk out, but neither results nor errors', async () => {
    const empty = projectFolder();
    assert.match((await runCli(['list'], { cwd: empty })).stderr, /no backups yet/);
    assert.equal((await runCli(['--quiet', 'list'], { cwd: empty })).stderr, '');
    assert.match(
      (await runCli(['--quiet', 'backup'], { cwd: empty })).stderr,
      /^error: nothing is configured/,
    );
  });
});

const whole = [
  '--\n-- PostgreSQL database dump\n--\n',
  "SELECT pg_catalog.set_config('search_path', '', false);\n",
  '--\n-- PostgreSQL database dump complete\n--\n\n',
].join('\n');
