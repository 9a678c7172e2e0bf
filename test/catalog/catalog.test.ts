import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, test } from 'node:test';
import { type BackupOwner, readCatalog } from '../../src/catalog/catalog.ts';
import type { Manifest } from '../../src/catalog/manifest.ts';
import { projectFolder } from '../stage/project-folder.ts';
import { runProgram } from '../stage/run-program.ts';
import { backupFolder, sampleManifest } from '../store/backup-folder.ts';

/** A data file, with a manifest when `startedAt` or `changes` are given. */
function add(folder: string, name: string, startedAt?: Date, changes: Partial<Manifest> = {}): void {
  writeFileSync(join(folder, name), 'data!');
  if (startedAt)
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(sampleManifest(startedAt, changes)));
}

const named = (stamp: string, prefix = 'app') => `${prefix}_backup_${stamp}.sql.gz`;

async function listed(folder: string, owners: readonly BackupOwner[] = []): Promise<string[]> {
  return (await readCatalog(owners, [folder])).map(({ path }) => basename(path));
}

describe('backups come newest first', () => {
  test('by the instant of the manifest, whatever the name and the file’s own times say', async () => {
    const { folder } = backupFolder();
    add(folder, named('20260101_000000'), new Date('2026-06-02T00:00:00Z'));
    add(folder, named('20260601_000000'), new Date('2026-06-01T00:00:00Z'));
    add(folder, named('20250101_000000'));
    utimesSync(join(folder, named('20250101_000000')), new Date(), new Date());
    utimesSync(join(folder, named('20260101_000000')), 0, 0);
    assert.deepEqual(await listed(folder), [
      named('20260101_000000'),
      named('20260601_000000'),
      named('20250101_000000'),
    ]);
  });

  test('by the name where the instants are the same', async () => {
    const { folder } = backupFolder();
    const instant = new Date('2026-06-02T00:00:00Z');
    for (const second of ['00', '02', '01']) add(folder, named(`20260601_0000${second}`), instant);
    assert.deepEqual(
      await listed(folder),
      ['02', '01', '00'].map(second => named(`20260601_0000${second}`)),
    );
  });

  test('also in the hour that the end of daylight saving repeats', async () => {
    const { folder } = backupFolder();
    // 02:30 in Berlin comes twice that night; the second one found its name taken.
    add(folder, named('20261025_023000'), new Date('2026-10-25T00:30:00Z'));
    add(folder, named('20261025_021500'), new Date('2026-10-25T01:15:00Z'));
    add(folder, named('20261025_023001'), new Date('2026-10-25T01:30:00Z'));
    const script = `
      const { readCatalog } = await import(${JSON.stringify(join(import.meta.dirname, '../../src/catalog/catalog.ts'))});
      console.log(JSON.stringify((await readCatalog([], [process.argv[1]])).map(({ id }) => id)));`;
    const argv = [process.execPath, '--input-type=module', '-e', script, folder];
    const { stdout, stderr } = await runProgram(argv, { env: { ...process.env, TZ: 'Europe/Berlin' } });
    assert.deepEqual(JSON.parse(stdout || stderr), ['20261025_023001', '20261025_021500', '20261025_023000']);
  });
});

test('files that are not ours, folders, links and leftovers are passed over', async () => {
  const { folder } = backupFolder();
  const ours = named('20260101_000000');
  add(folder, ours);
  for (const name of ['notes.txt', 'app.sql.gz', named('20261399_000000'), '.db-orchestrate-x.partial'])
    writeFileSync(join(folder, name), '');
  writeFileSync(join(folder, `${named('20260102_000000')}.json`), '{}');
  mkdirSync(join(folder, named('20260103_000000')));
  symlinkSync(join(folder, ours), join(folder, named('20260104_000000')));
  symlinkSync('/dev/zero', join(folder, named('20260105_000000')));
  assert.deepEqual(await listed(folder), [ours]);
});

describe('a backup belongs', () => {
  const owner = (name: string, directory: string, prefix: string | undefined) => ({
    name,
    directory,
    prefix,
  });

  test('to the target that its manifest names, whatever its prefix', async () => {
    const { folder } = backupFolder();
    add(folder, named('20260101_000000'), new Date(), { target: 'other' });
    const [backup] = await readCatalog([owner('local', folder, 'app')], []);
    assert.equal(backup?.target, 'other');
  });

  test('without a manifest to the first target whose prefix fits, else to none', async () => {
    const { folder } = backupFolder();
    add(folder, named('20260101_000000'));
    add(folder, named('20260102_000000', 'else'));
    const owners = [
      owner('unknown', folder, undefined),
      owner('away', '/nowhere', 'app'),
      owner('first', folder, 'app'),
      owner('second', folder, 'app'),
    ];
    const backups = await readCatalog(owners, []);
    assert.deepEqual(
      backups.map(({ prefix, target }) => [prefix, target]),
      [
        ['else', undefined],
        ['app', 'first'],
      ],
    );
  });
});

test('a folder that targets reach by several ways is read once', async () => {
  const { folder } = backupFolder();
  const link = join(projectFolder(), 'link');
  symlinkSync(folder, link);
  add(folder, named('20260101_000000'));
  const owners = [
    { name: 'a', directory: link, prefix: 'else' },
    { name: 'b', directory: folder, prefix: 'app' },
  ];
  const backups = await readCatalog(owners, [folder]);
  assert.deepEqual(
    backups.map(({ path, target }) => [path, target]),
    [[join(link, named('20260101_000000')), 'b']],
  );
});

describe('a manifest that cannot be read', () => {
  const damages: [what: string, damage: (path: string) => void][] = [
    ['is empty', path => writeFileSync(path, '')],
    ['was cut', path => writeFileSync(path, JSON.stringify(sampleManifest(new Date())).slice(0, 200))],
    [
      'is of a later format',
      path => writeFileSync(path, JSON.stringify({ ...sampleManifest(new Date()), format: 2 })),
    ],
    [
      'has no date',
      path => writeFileSync(path, JSON.stringify({ ...sampleManifest(new Date()), startedAt: 'noon' })),
    ],
    ['is a folder', path => mkdirSync(path)],
  ];
  for (const [what, damage] of damages) {
    test(`because it ${what} leaves the backup listed by its name, and known for it`, async () => {
      const { folder } = backupFolder();
      add(folder, named('20260101_000000'));
      damage(join(folder, `${named('20260101_000000')}.json`));
      const [backup] = await readCatalog([], [folder]);
      assert.equal(backup?.manifest, undefined);
      assert.equal(backup?.hasUnreadableManifest, true);
      assert.deepEqual(backup?.startedAt, new Date(2026, 0, 1));
    });
  }
});

test('keys of a manifest that this version does not know do no harm', async () => {
  const { folder } = backupFolder();
  add(folder, named('20260101_000000'), new Date(), { newer: { key: 1 } } as Partial<Manifest>);
  const [backup] = await readCatalog([], [folder]);
  assert.equal(backup?.manifest?.target, 'local');
  assert.equal(backup?.hasUnreadableManifest, false);
});

test('a folder that is not there holds no backups', async () => {
  assert.deepEqual(await listed('/nowhere/at/all'), []);
});
