import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { execute, value } from '../stage/client.ts';
import { createDatabase } from '../stage/databases.ts';
import type { PgServer } from '../stage/part.ts';
import { hostServer } from '../stage/servers.ts';
import { hostTarget, type TargetProject, targetProject } from '../stage/target-project.ts';

interface Made {
  backups: { path: string; id: string }[];
}

describe('which backup is restored', () => {
  let server: PgServer;
  let database: string;
  let project: TargetProject;
  const made: { path: string; id: string }[] = [];
  const state = () => value(server, database, 'SELECT n FROM t');

  before(async () => {
    server = await hostServer();
    database = await createDatabase(server);
    await execute(server, database, 'CREATE TABLE t AS SELECT 0 AS n');
    const target = hostTarget(server, database);
    project = targetProject({ local: target, other: target }, { defaultTarget: 'local' });
    for (const n of [1, 2, 3]) {
      await execute(server, database, `UPDATE t SET n = ${n}`);
      made.push((await project.must<Made>(['backup'])).backups[0]!);
    }
  });

  test('latest: the newest', async () => {
    await project.must(['restore', 'latest', '--force']);
    assert.equal(await state(), 3);
  });

  test('an id, a path from the root, and one from the current folder', async () => {
    const [first, second, third] = made.map(({ id, path }) => ({ id, path }));
    await project.must(['restore', first!.id, '--force']);
    assert.equal(await state(), 1);
    await project.must(['restore', second!.path, '--force']);
    assert.equal(await state(), 2);
    await project.must(['restore', third!.path.replace(project.folder, '.'), '--force']);
    assert.equal(await state(), 3);
  });

  test('a part of an id that several have, or none, or a file that is not there: 2, with what to type', async () => {
    const several = await project.run(['restore', made[0]!.id.slice(0, 4), '--force']);
    assert.equal(several.exitCode, 2);
    assert.match(several.stderr, /3 backups have an id that starts with "20\d\d"/);
    assert.match(several.stderr, /hint: .*_backup_/);
    for (const missing of ['1999', './no/such.sql.gz', 'no.sql', '../backups/', 'latests']) {
      const { exitCode, stderr } = await project.run(['restore', missing, '--force']);
      assert.equal(exitCode, 2, `${missing}: ${stderr}`);
      assert.match(stderr, /hint: .*db-orchestrate list/);
    }
  });

  test('not one of another target, until the target is typed', async () => {
    const { backups } = await project.must<Made>(['backup', '--target', 'other']);
    await execute(server, database, 'UPDATE t SET n = 47');
    const refused = await project.run(['restore', backups[0]!.path, '--force']);
    assert.equal(refused.exitCode, 2);
    assert.match(refused.stderr, /the backup is of target other, and this would restore it to local/);
    assert.match(refused.stderr, /hint: .*--target local/);
    assert.equal(await state(), 47);
    await project.must(['restore', backups[0]!.path, '--force', '--target', 'local']);
    assert.equal(await state(), 3);
  });

  test('latest passes over what is damaged, saying so', async () => {
    const [, second, third] = made;
    const copy = (path: string) => join(project.folder, path.split('/').at(-1)!);
    copyFileSync(third!.path, copy(third!.path));
    const content = readFileSync(third!.path);
    // Same size, so that only reading all of it shows what is wrong.
    content[content.length >> 1]! ^= 1;
    writeFileSync(third!.path, content);
    const result = await project.run(['restore', 'latest', '--force']);
    assert.equal(result.exitCode, 0, result.stderr);
    assert.match(result.stderr, /warning: passed over: .*damaged|not what its manifest says/);
    assert.equal(await state(), 2);

    writeFileSync(third!.path, content.subarray(0, 100));
    const shorter = await project.run(['restore', 'latest', '--force', '--json']);
    assert.equal(shorter.exitCode, 0, shorter.stderr);
    assert.match(shorter.stderr, /warning: passed over, it is not whole/);
    assert.equal(JSON.parse(shorter.stdout).from, second!.path);
    renameSync(copy(third!.path), third!.path);
  });

  test('the document has the keys that scripts read', async () => {
    const document = await project.must<Record<string, unknown>>(['restore', 'latest', '--force']);
    assert.deepEqual(Object.keys(document), ['target', 'database', 'from', 'mode', 'undo', 'seconds']);
    assert.equal(document.mode, 'swap');
    assert.match(String(document.undo), /_undo_\d{8}_\d{6}_[0-9a-f]{6}$/);
    const undone = await project.must<Record<string, unknown>>(['undo', '--force']);
    assert.deepEqual(Object.keys(undone), ['target', 'database', 'from', 'mode', 'undo', 'seconds']);
    assert.equal(undone.from, document.undo);
  });
});
