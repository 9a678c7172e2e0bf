import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { execute, rows, value } from '../stage/client.ts';
import { createDatabase } from '../stage/databases.ts';
import type { PgServer } from '../stage/part.ts';
import { hostServer } from '../stage/servers.ts';
import { hostTarget, type TargetProject, targetProject } from '../stage/target-project.ts';
import { startOnTerminal } from './terminal.ts';

describe('restore and undo ask before they replace anything:', () => {
  let server: PgServer;
  let database: string;
  let project: TargetProject;
  const state = () => value(server, database, 'SELECT s FROM t');

  before(async () => {
    server = await hostServer();
    database = await createDatabase(server);
    await execute(server, database, `CREATE TABLE t AS SELECT 'backup' AS s`);
    project = targetProject({ local: hostTarget(server, database) });
    await project.must(['backup', '--label', 'it is']);
    await execute(server, database, `UPDATE t SET s = 'live'`);
  });

  test('without a terminal and without --force the plan is told, and nothing is done', async () => {
    const { exitCode, stdout, stderr } = await project.run(['restore', 'latest']);
    assert.equal(exitCode, 9);
    assert.equal(stdout, '');
    for (const line of [
      /^target {4}local: PostgreSQL 15/m,
      new RegExp(`^database {2}${database} \\([\\d.]+ MiB\\) will be replaced$`, 'm'),
      /^backup {4}\.\/backups\/test_backup_\S+: [\d.]+ \S+ of SQL, 1 tables, 1 rows, made .* ago\), labelled "it is"$/m,
      /^What was written since then will be gone from the live database\./m,
      /^hint: .*--force/m,
    ])
      assert.match(stderr, line);
    assert.equal(await state(), 'live');
  });

  const refusals: Record<string, [keys: string, exitCode: number]> = {
    n: ['n\r', 9],
    'an empty line': ['\r', 9],
    'Ctrl-D': ['\x04', 9],
    'Ctrl-C': ['\x03', 130],
  };
  for (const [what, [keys, exitCode]] of Object.entries(refusals)) {
    test(`${what} is no yes`, async () => {
      const terminal = startOnTerminal(['restore', 'latest'], project.folder);
      await terminal.shows('[y/N]');
      terminal.type(keys);
      assert.equal((await terminal.finished).exitCode, exitCode);
      assert.equal(await state(), 'live');
      const beside = `SELECT datname FROM pg_database WHERE starts_with(datname, '${database}_')`;
      assert.deepEqual(await rows(server, 'postgres', beside), []);
    });
  }

  test('y is one, for restore and for undo, and undo is undone by undo', async () => {
    const yes = async (...args: string[]) => {
      const terminal = startOnTerminal(args, project.folder);
      await terminal.shows('[y/N]');
      terminal.type('y\r');
      const { exitCode, stdout } = await terminal.finished;
      assert.equal(exitCode, 0, stdout);
      return stdout;
    };
    assert.match(await yes('restore', 'latest'), /run: db-orchestrate undo/);
    assert.equal(await state(), 'backup');
    assert.match(await yes('undo'), /will be replaced, and kept for the next undo/);
    assert.equal(await state(), 'live');
    await yes('undo');
    assert.equal(await state(), 'backup');
  });

  test('undo without a terminal and without --force does nothing', async () => {
    const { exitCode, stderr } = await project.run(['undo']);
    assert.equal(exitCode, 9, stderr);
    assert.equal(await state(), 'backup');
  });

  test('a dry run tells the plan and changes nothing', async () => {
    await execute(server, database, `UPDATE t SET s = 'dry'`);
    const { exitCode, stdout, stderr } = await project.run(['restore', 'latest', '--dry-run', '--json']);
    assert.equal(exitCode, 0, stderr);
    const document = JSON.parse(stdout);
    assert.equal(document.dryRun, true);
    assert.equal(document.from, project.newest());
    assert.match(stderr, /will be replaced/);
    assert.equal(await state(), 'dry');
  });
});
