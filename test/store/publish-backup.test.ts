import assert from 'node:assert/strict';
import { existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import fsPromises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { basename, join } from 'node:path';
import { describe, mock, test } from 'node:test';
import { publishBackup } from '../../src/store/publish-backup.ts';
import { projectFolder } from '../stage/project-folder.ts';
import { backupFolder, publish, sampleManifest, staged } from './backup-folder.ts';

const noon = new Date(2026, 10, 23, 12, 0, 0);

/** How the next free seconds after noon are named. */
const at = (second: number) => `app_backup_20261123_1200${String(second).padStart(2, '0')}.sql.gz`;

test('a backup and its manifest get their names, and nothing else is left', async () => {
  const { folder, names } = backupFolder();
  assert.equal(await publish(folder, 'data', noon), join(folder, at(0)));
  assert.deepEqual(names(), [at(0), `${at(0)}.json`]);
  assert.equal(readFileSync(join(folder, at(0)), 'utf8'), 'data');
});

describe('a taken name moves to the next free second, and what took it stays', () => {
  const takers: [what: string, take: (path: string) => void][] = [
    ['a file', path => writeFileSync(path, 'other')],
    ['a folder', path => mkdirSync(path)],
    ['a link that leads nowhere', path => symlinkSync('/nowhere', path)],
    ['a manifest without its data', path => writeFileSync(`${path}.json`, 'other')],
  ];
  for (const [what, take] of takers) {
    test(`by ${what}`, async () => {
      const { folder, names } = backupFolder();
      take(join(folder, at(0)));
      const before = lstatSync(join(folder, names()[0]!));
      assert.equal(await publish(folder, 'data', noon), join(folder, at(1)));
      const after = lstatSync(join(folder, names()[0]!));
      assert.deepEqual([after.ino, after.size, after.mode], [before.ino, before.size, before.mode]);
      assert.deepEqual(names().slice(1), [at(1), `${at(1)}.json`]);
    });
  }

  test('also by backups that are published at the same moment', async () => {
    const { folder, names } = backupFolder();
    const contents = Array.from({ length: 20 }, (_, index) => `data ${index}`);
    const paths = await Promise.all(contents.map(content => publish(folder, content, noon)));
    assert.equal(new Set(paths).size, contents.length);
    paths.forEach((path, index) => {
      assert.equal(readFileSync(path, 'utf8'), contents[index]);
      assert.ok(existsSync(`${path}.json`));
    });
    assert.equal(names().length, 2 * contents.length);
  });
});

test('the manifest is there first, and the data’s name is the commit', async () => {
  const { folder, names } = backupFolder();
  const data = await staged(folder, 'data');
  const seen: string[][] = [];
  const watched = {
    ...data,
    publish(name: string) {
      seen.push(names().filter(one => !one.startsWith('.')));
      return data.publish(name);
    },
  };
  const place = { directory: folder, prefix: 'app', runId: '00000001' };
  await publishBackup(watched, { manifest: sampleManifest(noon) }, place);
  assert.deepEqual(seen, [[`${at(0)}.json`]]);
});

test('when the data cannot get its name, its manifest goes as well', async () => {
  const { folder, names } = backupFolder();
  const data = await staged(folder, 'data');
  const broken = { ...data, publish: () => Promise.reject(new Error('input/output error')) };
  const place = { directory: folder, prefix: 'app', runId: '00000001' };
  await assert.rejects(
    publishBackup(broken, { manifest: sampleManifest(noon) }, place),
    /input\/output error/,
  );
  await data.discard();
  assert.deepEqual(names(), []);
});

test('on a file system without hard links nothing is overwritten either', async t => {
  const refused = Object.assign(new Error('operation not permitted'), { code: 'EPERM', syscall: 'link' });
  mock.method(fsPromises, 'link', () => Promise.reject(refused));
  syncBuiltinESMExports();
  t.after(() => {
    mock.restoreAll();
    syncBuiltinESMExports();
  });
  const { folder, names } = backupFolder();
  writeFileSync(join(folder, at(0)), 'other');
  writeFileSync(join(folder, `${at(1)}.json`), 'other');
  assert.equal(await publish(folder, 'data', noon), join(folder, at(2)));
  assert.equal(readFileSync(join(folder, at(0)), 'utf8'), 'other');
  assert.equal(readFileSync(join(folder, `${at(1)}.json`), 'utf8'), 'other');
  assert.deepEqual(names(), [at(0), `${at(1)}.json`, at(2), `${at(2)}.json`]);
});

test('a folder that is a link to another one works, and stays a link', async () => {
  const { folder, names } = backupFolder();
  const link = join(projectFolder(), 'link');
  symlinkSync(folder, link);
  assert.equal(basename(await publish(link, 'data', noon)), at(0));
  assert.ok(lstatSync(link).isSymbolicLink());
  assert.deepEqual(names(), [at(0), `${at(0)}.json`]);
});
