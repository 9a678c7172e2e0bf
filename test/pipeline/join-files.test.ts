import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, mkdtempSync, readFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type JoinedFile, joinedFile } from '../../src/pipeline/join-files.ts';
import { waitUntil } from '../stage/wait-until.ts';

let folder: string;
let path: string;
const opened: FileHandle[] = [];
const joinings: JoinedFile[] = [];

before(() => {
  folder = mkdtempSync(join(process.env.DBO_STAGE!, 'join-'));
});

after(async () => {
  for (const one of joinings) await one.stop();
  for (const one of opened) await one.close();
});

async function file(content: Buffer): Promise<FileHandle> {
  path = join(folder, randomBytes(4).toString('hex'));
  const handle = await open(path, 'a+');
  opened.push(handle);
  await handle.writeFile(content);
  return handle;
}

function joining(to: FileHandle): JoinedFile {
  const joined = joinedFile(to);
  joinings.push(joined);
  return joined;
}

test('what is written to a file and what is appended to it becomes one, with the hash of the whole', async () => {
  const other = randomBytes(9_000_001);
  const more = await file(other);
  const start = randomBytes(5_000_000);
  const to = await file(start);
  const joined = joining(to);
  const { sha256: first } = await joined.digest();
  assert.equal(first, createHash('sha256').update(start).digest('hex'));
  appendFileSync(path, 'grown');
  assert.equal(await joined.append(more), other.length);
  const whole = readFileSync(path);
  assert.equal(whole.compare(Buffer.concat([start, Buffer.from('grown'), other])), 0);
  const sha256 = createHash('sha256').update(whole).digest('hex');
  assert.deepEqual(await joined.digest(), { bytes: whole.length, sha256 });
});

test('when one step fails, nothing behind it is done as if it had not', async () => {
  const joined = joining(await file(Buffer.from('whole')));
  const closed = await open(path, 'r');
  await closed.close();
  await assert.rejects(joined.append(closed), { code: 'EBADF' });
  await assert.rejects(joined.append(await file(Buffer.from('more'))), { code: 'EBADF' });
  await assert.rejects(joined.digest(), { code: 'EBADF' });
});

test('a disk that could not take the file is not forgotten', async () => {
  const handle = await file(Buffer.from('whole'));
  // The kernel tells it to who asks first, and only once.
  let told = false;
  const failing: FileHandle = new Proxy(handle, {
    get(target, name: keyof FileHandle) {
      if (name !== 'datasync') return (target[name] as () => unknown).bind(target);
      return async () => {
        if (!told) {
          told = true;
          throw Object.assign(new Error('i/o error'), { code: 'EIO' });
        }
      };
    },
  });
  const joined = joining(failing);
  await waitUntil('it was asked to', () => told);
  appendFileSync(path, 'more');
  await assert.rejects(joined.digest(), { code: 'EIO' });
});
