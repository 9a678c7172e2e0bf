import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { before, beforeEach, describe, test } from 'node:test';
import { fakeClients } from '../operations/fake-clients.ts';
import { execute, value } from '../stage/client.ts';
import { uniqueName } from '../stage/databases.ts';
import { mustRun } from '../stage/run-program.ts';
import { hostTarget, targetProject } from '../stage/target-project.ts';
import { type GuardProject, guardProject } from './guard-project.ts';

describe('guard', () => {
  let project: GuardProject;
  before(async () => {
    project = await guardProject();
  });
  beforeEach(() => project.reset());
  const manifest = () => JSON.parse(readFileSync(`${project.newest()}.json`, 'utf8'));

  test('backs up, then runs the command, and says how to go back when it succeeds', async () => {
    await mustRun(['git', 'init', '-q', '-b', 'main', project.folder]);
    const git = ['git', '-C', project.folder, '-c', 'user.name=a', '-c', 'user.email=a@b'];
    await mustRun([...git, 'commit', '-q', '--allow-empty', '-m', 'x']);
    const { exitCode, stdout, stderr } = await project.guard('--', './migrate', 'echo', 'done');
    assert.equal(exitCode, 0, stderr);
    assert.equal(stdout, 'done\n');
    assert.equal(await project.state(), 'half');
    const { origin, git: checkout } = manifest();
    assert.deepEqual([origin, checkout.branch], ['guard', 'main']);
    const kept = /kept: \.\/(backups\/test_backup_(\S+)\.sql\.gz) \([\d.]+ \S+\)\. To go back .*\n$/.exec(
      stderr,
    );
    const [, path = '', id = ''] = kept ?? [];
    assert.equal(project.path(path), project.newest(), stderr);
    assert.ok(stderr.endsWith(`run: db-orchestrate restore ${id} --target local\n`), stderr);
    await project.must(['restore', id, '--target', 'local', '--force']);
    assert.equal(await project.state(), 'before');
  });

  test('without a terminal leaves what a failed command left, and says how to go back', async () => {
    const { exitCode, stderr } = await project.guard('--quiet', '--', './migrate', './exit3');
    assert.equal(exitCode, 3);
    const howTo = 'To put the database back as it was before, run: db-orchestrate restore';
    assert.match(
      stderr,
      new RegExp(`^warning: \\./migrate exited with 3\\. ${howTo} \\d{8}_\\d{6} --target local\\n$`),
    );
    assert.equal(await project.state(), 'half');
  });

  test('with --auto-restore puts the database back, keeps what the command left, and fails as it did', async () => {
    const { exitCode, stderr } = await project.guard('--auto-restore', '--', './migrate', './exit3');
    assert.equal(exitCode, 3, stderr);
    assert.equal(await project.state(), 'before');
    assert.equal(
      await value(project.server, project.database, `SELECT to_regclass('half_done') IS NULL`),
      true,
    );
    await project.must(['undo', '--target', 'local', '--force']);
    assert.equal(await project.state(), 'half');
  });

  test('with --auto-restore brings back a database that the command dropped', async () => {
    const sql = ['-c', `DROP DATABASE "${project.database}"`, '-c', 'SELECT 1/0'];
    const { exitCode, stderr } = await project.guard(
      '--auto-restore',
      '--',
      './psql',
      '-d',
      'postgres',
      ...sql,
    );
    assert.equal(exitCode, 1, stderr);
    assert.equal(await project.state(), 'before');
  });

  test('reports a command that a signal ended as shells do, and puts the database back', async () => {
    const command = ['./migrate', 'sh', '-c', 'kill -9 $PPID'];
    const { exitCode, stdout, stderr } = await project.guard('--auto-restore', '--json', '--', ...command);
    assert.equal(exitCode, 137, stderr);
    assert.match(stderr, /^warning: \.\/migrate was ended by SIGKILL$/m);
    assert.deepEqual(JSON.parse(stdout).command, { exitCode: null, signal: 'SIGKILL' });
    assert.equal(await project.state(), 'before');
  });

  test('holds no lock while the command runs: it may be a restore itself', async () => {
    const main = resolve(import.meta.dirname, '../../src/main.ts');
    const restore = [process.execPath, main, 'restore', 'latest', '--target', 'local', '--force'];
    const { exitCode, stderr } = await project.guard('--', ...restore);
    assert.equal(exitCode, 0, stderr);
  });

  test('with --json prints one document, and the output of the command elsewhere', async () => {
    const document = async (options: string[], ...command: string[]) => {
      const { stdout, stderr } = await project.guard('--json', ...options, '--', './migrate', ...command);
      assert.match(stderr, /^done$/m);
      await project.reset();
      return JSON.parse(stdout);
    };
    const { backup, ...rest } = await document([], 'echo', 'done');
    const success = { command: { exitCode: 0, signal: null }, restored: null, exitCode: 0 };
    assert.deepEqual(rest, { target: 'local', ...success });
    const { bytes, rawBytes, sha256 } = manifest();
    const id = /_backup_(.*)\.sql/.exec(project.newest())![1];
    const known = { target: 'local', path: project.newest(), id, bytes, rawBytes, sha256, proof: null };
    assert.deepEqual(backup, { ...known, seconds: backup.seconds });
    const failed = await document(['--auto-restore'], 'sh', '-c', 'echo done; exit 3');
    assert.deepEqual([failed.command, failed.exitCode], [{ exitCode: 3, signal: null }, 3]);
    assert.equal(failed.restored.database, project.database);
    assert.equal(failed.restored.from, failed.backup.path);
  });

  test('does not run the command when the backup fails', async () => {
    const touch = ['--', 'touch', 'it-ran'];
    const unreachable = await project.guard('--target', 'closed', ...touch);
    assert.equal(unreachable.exitCode, 3, unreachable.stderr);
    const clients = fakeClients(project.server, 'exit 1');
    const local = { ...hostTarget(project.server, project.database), binDirectory: clients };
    const broken = targetProject({ local });
    const failed = await broken.run(['guard', ...touch]);
    assert.equal(failed.exitCode, 5, failed.stderr);
    assert.throws(() => readFileSync(join(broken.folder, 'it-ran')), /ENOENT/);
    assert.equal(project.has('it-ran'), false);
  });

  test('ends with 6, and says where the backup is, when the restore fails on the server', async () => {
    const slot = uniqueName('slot');
    const create = `SELECT FROM pg_create_logical_replication_slot('${slot}', 'pgoutput')`;
    const { exitCode, stderr } = await project.guard(
      '--auto-restore',
      '--',
      './migrate',
      './psql',
      '-c',
      create,
      '-c',
      '!',
    );
    await execute(project.server, project.database, `SELECT FROM pg_drop_replication_slot('${slot}')`);
    assert.equal(exitCode, 6, stderr);
    assert.match(stderr, new RegExp(`^error: the command failed, and the restore .*${slot}`, 'm'));
    assert.equal(await project.state(), 'half');
  });

  test('ends with 6 when the command damaged the backup', async () => {
    const damage = 'for file in backups/*.gz; do echo > "$file"; done; exit 3';
    const { exitCode, stdout, stderr } = await project.guard(
      '--auto-restore',
      '--json',
      '--',
      'sh',
      '-c',
      damage,
    );
    assert.equal(exitCode, 6, stderr);
    const { error } = JSON.parse(stdout);
    assert.deepEqual([error.code, error.exitCode], ['restore-failed', 6]);
    assert.ok(error.hint.includes(`The backup is ${project.newest()}`), error.hint);
  });
});
