import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backupFileName, parseBackupFileName } from '../../src/catalog/file-name.ts';

test('what is written is read back', () => {
  for (const prefix of ['app', 'a_backup_b', 'x.y-z', '_', '9lives', 'a--b', `${'x'.repeat(150)}`]) {
    const date = new Date(2026, 1, 28, 23, 59, 58);
    const name = backupFileName(prefix, date);
    assert.equal(name, `${prefix}_backup_20260228_235958.sql.gz`);
    assert.deepEqual(parseBackupFileName(name), { prefix, id: '20260228_235958', date });
  }
});

test('a prefix that looks like a backup’s name is read as a prefix', () => {
  const name = 'app_backup_20260101_000000_backup_20260228_235958.sql.gz';
  assert.equal(parseBackupFileName(name)?.prefix, 'app_backup_20260101_000000');
});

const foreign = [
  'app_backup_20260228_235958.sql',
  'app_backup_20260228_235958.sql.gz.json',
  'app_backup_20260228_235958.sql.gz.part',
  'app_backup_20260228_2359.sql.gz',
  'app_backup_20260230_120000.sql.gz',
  'app_backup_20261301_120000.sql.gz',
  'app_backup_20260228_126000.sql.gz',
  'app_backup_20260228_250000.sql.gz',
  'app_20260228_235958.sql.gz',
  '_backup_20260228_235958.sql.gz',
  '.app_backup_20260228_235958.sql.gz',
  '-app_backup_20260228_235958.sql.gz',
  'a b_backup_20260228_235958.sql.gz',
  'a\nb_backup_20260228_235958.sql.gz',
  'é_backup_20260228_235958.sql.gz',
  'app_backup_20260228_235958.sql.gz\n',
  'APP_BACKUP_20260228_235958.SQL.GZ',
  'app_backup_٢٠٢٦0228_235958.sql.gz',
];

for (const name of foreign) {
  test(`${JSON.stringify(name)} is none of ours`, () => assert.equal(parseBackupFileName(name), undefined));
}
