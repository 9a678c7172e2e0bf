import assert from 'node:assert/strict';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { backup } from '../../src/operations/backup.ts';
import { backupTarget } from '../../src/operations/backup-target.ts';
import { connectionUrl, execute } from '../stage/client.ts';
import { createDatabase } from '../stage/databases.ts';
import type { PgServer } from '../stage/part.ts';
import { projectFolder } from '../stage/project-folder.ts';
import { hostServer } from '../stage/servers.ts';
import { localTarget, testRun } from './backup-in-process.ts';
import { backupProject } from './backup-project.ts';

let server: PgServer;
let url: string;

before(async () => {
  server = await hostServer();
  const database = await createDatabase(server);
  await execute(server, database, 'CREATE TABLE t AS SELECT generate_series(1, 1000) AS x');
  url = connectionUrl(server, database);
});

test('backups made at once into one folder all succeed, under names of their own', async () => {
  const folder = projectFolder();
  const made = await Promise.all(
    Array.from({ length: 4 }, () => backup(localTarget(url, folder), {}, testRun(folder))),
  );
  assert.equal(new Set(made.map(({ path }) => path)).size, 4);
  for (const { path, manifest } of made) {
    assert.equal(statSync(path).size, manifest.bytes);
    assert.deepEqual(JSON.parse(readFileSync(`${path}.json`, 'utf8')).sha256, manifest.sha256);
  }
});

test('two runs at once neither hinder nor sweep each other', async () => {
  const project = backupProject({ env: { DATABASE_URL: url } });
  const runs = await Promise.all([project.run(['backup']), project.run(['backup'])]);
  for (const { exitCode, stderr } of runs) {
    assert.equal(exitCode, 0, stderr);
    assert.doesNotMatch(stderr, /cleared/);
  }
  assert.equal(project.dataNames().length, 2);
  assert.equal(project.names().length, 4);
});

test('a clock that was set back gives a backup its own name and overwrites nothing', async () => {
  const folder = projectFolder();
  const noon = new Date(2026, 0, 1, 12);
  const at = (date: Date) => backup(localTarget(url, folder), {}, testRun(folder, { now: () => date }));
  const first = await at(noon);
  const later = await at(new Date(noon.getTime() + 3600_000));
  const again = await at(noon);
  assert.deepEqual([first.id, later.id, again.id], ['20260101_120000', '20260101_130000', '20260101_120001']);
  assert.equal(again.manifest.startedAt, noon.toISOString());
});

test('retention runs after a backup that succeeded, and tells what it removed', async () => {
  const folder = projectFolder();
  const target = { ...localTarget(url, folder), prefix: 'app', retention: { last: 1 } };
  const config = { root: folder, directory: folder, defaultTarget: undefined, targets: [target] };
  const first = await backupTarget(target, {}, config, testRun(folder));
  const run = testRun(folder);
  const second = await backupTarget(target, {}, config, run);
  assert.deepEqual(
    run.events.filter(({ type }) => type === 'notice'),
    [{ type: 'notice', message: `retention removed ${first.path}` }],
  );
  assert.equal(statSync(first.path, { throwIfNoEntry: false }), undefined);

  const broken = { ...target, options: { url: `${url} is missing` } };
  await assert.rejects(backupTarget(broken, {}, { ...config, targets: [broken] }, testRun(folder)), {
    exitCode: 3,
  });
  assert.ok(statSync(second.path).isFile());
});

test('a backup that cannot be pruned is a success with a warning', async () => {
  const folder = projectFolder();
  const target = { ...localTarget(url, folder), prefix: 'app', retention: { last: 1 } };
  const config = { root: folder, directory: folder, defaultTarget: undefined, targets: [target] };
  const old = join(folder, 'app_backup_20200101_000000.sql.gz');
  writeFileSync(old, 'unreadable');
  chmodSync(old, 0);
  const run = testRun(folder);
  const made = await backupTarget(target, {}, config, run);
  assert.ok(statSync(made.path).isFile());
  assert.ok(statSync(old).isFile());
});
