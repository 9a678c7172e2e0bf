import assert from 'node:assert/strict';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { ClientFailure, type ClientProcess } from '../../src/contract/adapter.ts';
import { inProcess } from '../../src/pipeline/compress.ts';
import { writeDump } from '../../src/pipeline/write-dump.ts';
import { projectFolder } from '../stage/project-folder.ts';

const text = '--\n-- PostgreSQL database dump\n--\n\nSELECT 1;\n';
const closing = '\n--\n-- PostgreSQL database dump complete\n--\n\n';

/** A program that wrote `output` and then ended with `failure`, if any. */
function program(output: Readable, failure?: ClientFailure): ClientProcess & { killed: boolean } {
  const done = new Promise<void>((resolve, reject) => {
    output.on('close', () => (failure ? reject(failure) : resolve()));
  });
  done.catch(() => undefined);
  return {
    stdin: new PassThrough().end(),
    stdout: output,
    done,
    killed: false,
    kill() {
      this.killed = true;
      output.destroy();
    },
  };
}

async function write(dump: ClientProcess) {
  const path = join(projectFolder(), 'out');
  const file = await open(path, 'wx+');
  const seen: number[] = [];
  try {
    const written = await writeDump(
      dump,
      { compress: inProcess, head: file },
      async () => Buffer.from('-- added\n'),
      bytes => seen.push(bytes),
    );
    return { written, stored: await readFile(path), seen };
  } finally {
    await file.close();
  }
}

test('what is stored is one gzip of the dump with the addition, and counted', async () => {
  const parts = [Buffer.from(text), Buffer.alloc(300_000, 'x\n'), Buffer.from(closing)];
  const { written, stored, seen } = await write(program(Readable.from(parts)));
  const raw = gunzipSync(stored);
  assert.equal(raw.toString(), `${text}${'x\n'.repeat(150_000)}\n-- added${closing}`);
  assert.deepEqual(written, { head: raw.length, rest: 0 });
  assert.equal(seen.at(-1), raw.length);
});

describe('a stored dump is a failure', () => {
  test('when the program failed, although its stream ended as it should', async () => {
    const failure = new ClientFailure('pg_dump', 1, 'out of shared memory');
    await assert.rejects(write(program(Readable.from([Buffer.from(text + closing)]), failure)), failure);
  });

  test('in the program’s own words when it broke off', async () => {
    const failure = new ClientFailure('pg_dump', null, 'killed');
    await assert.rejects(write(program(Readable.from([Buffer.from(text)]), failure)), failure);
  });

  test('when the program succeeded, but the end is missing', async () => {
    await assert.rejects(write(program(Readable.from([Buffer.from(text)]))), { code: 'backup-failed' });
  });

  test('when the file cannot be written: the program is ended', async () => {
    async function* endless() {
      for (;;) yield Buffer.alloc(100_000, Math.random().toString(36));
    }
    const dump = program(Readable.from(endless()), new ClientFailure('pg_dump', null, 'broken pipe'));
    const file = await open(join(projectFolder({ out: '' }), 'out'), 'r');
    await assert.rejects(
      writeDump(
        dump,
        { compress: inProcess, head: file },
        async () => Buffer.alloc(0),
        () => undefined,
      ),
      { code: 'EBADF' },
    );
    assert.ok(dump.killed);
    await file.close();
  });
});
