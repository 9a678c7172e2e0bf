import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { readText } from '../../src/pipeline/read-text.ts';
import { projectFolder } from '../stage/project-folder.ts';

const text = Buffer.from(
  Array.from({ length: 20_000 }, (_, line) => `line ${line} ${line * 7919}\n`).join(''),
);
const zipped = gzipSync(text);

async function read(stored: Uint8Array, { gzip = true, signal = new AbortController().signal } = {}) {
  const path = join(projectFolder(), 'file');
  writeFileSync(path, stored);
  const parts: Buffer[] = [];
  const digest = await readText(path, { gzip }, { signal, env: process.env }, async source => {
    for await (const chunk of source) parts.push(chunk);
  });
  return { text: Buffer.concat(parts), digest };
}

const digestOf = (stored: Uint8Array) => ({
  bytes: stored.length,
  sha256: createHash('sha256').update(stored).digest('hex'),
});

describe('a stored file is read', () => {
  const files: [what: string, stored: Buffer, expected: Buffer, gzip?: boolean][] = [
    ['that is one gzip member', zipped, text],
    [
      'of several members',
      Buffer.concat([zipped, gzipSync('more'), gzipSync('')]),
      Buffer.concat([text, Buffer.from('more')]),
    ],
    ['that is no gzip', text, text, false],
    ['that is empty inside', gzipSync(''), Buffer.alloc(0)],
  ];
  for (const [what, stored, expected, gzip = true] of files) {
    test(`${what}, to its last byte`, async () => {
      const { text, digest } = await read(stored, { gzip });
      assert.ok(text.equals(expected));
      assert.deepEqual(digest, digestOf(stored));
    });
  }
});

describe('a stored file is refused as damaged', () => {
  const flipped = Buffer.from(zipped);
  flipped[zipped.length >> 1]! ^= 0x10;
  const cases: [what: string, stored: Uint8Array][] = [
    ['that is one byte short', zipped.subarray(0, -1)],
    ['that was cut in the middle', zipped.subarray(0, zipped.length >> 1)],
    ['that was cut in its head', zipped.subarray(0, 5)],
    ['that is empty', Buffer.alloc(0)],
    ['with one bit flipped', flipped],
    ['that is no gzip', text],
    ['with zeros behind it', Buffer.concat([zipped, Buffer.alloc(512)])],
    ['with text behind it', Buffer.concat([zipped, Buffer.from('pg_dump: error')])],
    ['whose second member was cut', Buffer.concat([zipped, zipped.subarray(0, 100)])],
  ];
  for (const [what, stored] of cases) {
    test(what, () => assert.rejects(read(stored), { code: 'bad-file', exitCode: 7 }));
  }
});

test('an interruption ends the reading', async () => {
  await assert.rejects(read(zipped, { signal: AbortSignal.abort() }), { name: 'AbortError' });
});
