import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { findIgzip } from '../../src/pipeline/igzip.ts';
import { pourText, readText } from '../../src/pipeline/read-text.ts';
import { installPackages } from '../stage/debian-packages.ts';
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

describe('a file that is known to end with its last member is poured by igzip as zlib reads it,', () => {
  before(async () => {
    if (!(await findIgzip(process))) await installPackages(['isal'], 'The test of igzip');
  });

  const run = { signal: new AbortController().signal, env: process.env };
  const last = Buffer.from('what follows it');
  const known = { gzip: true, lastMember: text.length };
  /** What follows the last member igzip passes over in silence, so a trailer that says another length is left to zlib. */
  const cases: [what: string, stored: Uint8Array, refusal?: RegExp][] = [
    ['to its last byte', zipped],
    ['of several members', Buffer.concat([gzipSync('more'), zipped])],
    ['and refused with one bit flipped', flipped(zipped.length >> 1), /damaged: incorrect data/],
    ['and refused with another checksum', flipped(zipped.length - 6), /damaged: incorrect data/],
    ['and refused with text behind it', Buffer.concat([zipped, Buffer.from('x')]), /damaged: /],
    [
      'and refused when what is behind it looks like its end',
      Buffer.concat([zipped.subarray(0, -200), zipped.subarray(-8)]),
      /damaged: /,
    ],
  ];
  for (const [what, stored, refusal] of cases) {
    test(what, async () => {
      const path = join(projectFolder(), 'file');
      writeFileSync(path, stored);
      const parts: Buffer[] = [];
      const reading = readText(path, known, run, async source => {
        for await (const chunk of source) parts.push(chunk);
      });
      const read = await settled(reading);
      const poured = new PassThrough();
      const taken = buffer(poured).catch(() => undefined);
      const pour = await settled(pourText(path, known, run, poured, last));
      if (refusal) {
        await assert.rejects(read, { code: 'bad-file', message: refusal });
        await assert.rejects(pour, { code: 'bad-file', message: refusal });
        return;
      }
      assert.deepEqual([await read(), await pour()], [digestOf(stored), digestOf(stored)]);
      assert.ok(Buffer.concat(parts).subarray(-text.length).equals(text));
      assert.ok((await taken)?.equals(Buffer.concat([...parts, last])));
    });
  }

  /** What became of it, to be asked for later. */
  async function settled<Result>(work: Promise<Result>): Promise<() => Promise<Result>> {
    await Promise.allSettled([work]);
    return () => work;
  }

  function flipped(at: number): Buffer {
    const other = Buffer.from(zipped);
    other[at]! ^= 0x10;
    return other;
  }
});
