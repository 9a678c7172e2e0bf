import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { detectFormat } from '../../../src/postgres/dump-text/detect-format.ts';
import { fixture } from './dump-texts.ts';

const folder = mkdtempSync(join(tmpdir(), 'dump text '));
after(() => rmSync(folder, { recursive: true }));

describe('The format of a file', () => {
  it('is plain text or an archive, or gzip of it', async () => {
    const tar = Buffer.alloc(1024);
    tar.write('toc.dat');
    tar.write('ustar', 257);
    const kinds: [Buffer, 'plain' | 'custom' | 'tar'][] = [
      [fixture('copy.sql'), 'plain'],
      [Buffer.from('PGDMP\x01\x0e'), 'custom'],
      [tar, 'tar'],
    ];
    for (const [bytes, kind] of kinds) {
      assert.deepEqual(await detectFormat(await file('x', bytes)), { kind, gzip: false });
      assert.deepEqual(await detectFormat(await file('x', gzipSync(bytes))), { kind, gzip: true });
    }
    const cut = gzipSync(fixture('copy.sql')).subarray(0, 50);
    assert.deepEqual(await detectFormat(await file('x', cut)), { kind: 'plain', gzip: true });
  });

  it('is named when it is another, with the command that makes plain text of it', async () => {
    const archive = Buffer.alloc(1024);
    archive.write('folder/');
    archive.write('ustar', 257);
    const formats: [Buffer, RegExp, RegExp][] = [
      [archive, /is a tar archive$/, /tar -tf/],
      [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0]), /is compressed with zstd$/, /zstd -dc/],
      [Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]), /is compressed with xz$/, /xz -dc/],
      [Buffer.from('BZh91AY'), /is compressed with bzip2$/, /bzip2 -dc/],
      [Buffer.from('PK\x03\x04'), /is a zip archive$/, /unzip -p/],
      [Buffer.from('SQLite format 3\0'), /is a database of SQLite$/, /pgloader/],
      [Buffer.from('TAPE\0\0'), /is a backup of SQL Server$/, /pgloader/],
      [Buffer.from('\ufeff--', 'utf16le'), /is text in UTF-16$/, /iconv -f UTF-16/],
      [Buffer.from('--', 'utf16le'), /is text in UTF-16$/, /pg_dump -f/],
      [Buffer.from('Salted__x'), /is encrypted with openssl$/, /Decrypt/],
      [Buffer.alloc(0), /is empty$/, /db-orchestrate list/],
      [gzipSync(''), /is empty$/, /db-orchestrate list/],
    ];
    for (const [bytes, what, hint] of formats)
      await assert.rejects(detectFormat(await file('x.dump', bytes)), refused(what, hint));
  });

  it('is told of folders', async () => {
    const dumpFolder = join(folder, 'directory');
    await mkdir(dumpFolder);
    await assert.rejects(detectFormat(dumpFolder), refused(/is a folder$/, /db-orchestrate list/));
    await writeFile(join(dumpFolder, 'toc.dat'), 'PGDMP');
    assert.deepEqual(await detectFormat(dumpFolder), { kind: 'directory', gzip: false });
  });

  it('is none when there is no file', async () => {
    await assert.rejects(detectFormat(join(folder, 'nowhere')), {
      code: 'usage',
      message: /^there is no file /,
    });
  });
});

async function file(name: string, bytes: Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

function refused(what: RegExp, hint: RegExp) {
  return (error: { code?: string; message: string; hint?: string }) => {
    assert.equal(error.code, 'bad-file');
    assert.match(error.message, what);
    assert.match(error.hint ?? '', hint);
    return true;
  };
}
