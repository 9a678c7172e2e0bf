import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, mkdtempSync, readFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { joinedFile } from '../../src/pipeline/join-files.ts';

let folder: string;
let path: string;
const opened: FileHandle[] = [];

before(() => {
  folder = mkdtempSync(join(process.env.DBO_STAGE!, 'join-'));
});

after(() => Promise.all(opened.map(file => file.close())));

async function file(content: Buffer): Promise<FileHandle> {
  path = join(folder, randomBytes(4).toString('hex'));
  const handle = await open(path, 'a+');
  opened.push(handle);
  await handle.writeFile(content);
  return handle;
}

test('what is written to a file and what is appended to it becomes one, with the hash of the whole', async () => {
  const other = randomBytes(9_000_001);
  const more = await file(other);
  const start = randomBytes(5_000_000);
  const to = await file(start);
  const joined = joinedFile(to);
  const first = joined.grown();
  assert.equal(await first, start.length);
  appendFileSync(path, 'grown');
  const [second, third] = await Promise.all([joined.grown(), joined.append(more)]);
  assert.deepEqual([second, third], [5, other.length]);
  const whole = readFileSync(path);
  assert.equal(whole.compare(Buffer.concat([start, Buffer.from('grown'), other])), 0);
  const sha256 = createHash('sha256').update(whole).digest('hex');
  assert.deepEqual(await joined.digest(), { bytes: whole.length, sha256 });
});

test('when one step fails, nothing behind it is done as if it had not', async () => {
  const joined = joinedFile(await file(Buffer.from('whole')));
  const closed = await open(path, 'r');
  await closed.close();
  const failing = joined.append(closed);
  const behind = [joined.grown(), joined.digest()];
  for (const one of [failing, ...behind]) await assert.rejects(one, { code: 'EBADF' });
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
  const joined = joinedFile(failing);
  await joined.grown();
  await joined.grown();
  await assert.rejects(joined.digest(), { code: 'EIO' });
});
