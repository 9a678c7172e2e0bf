import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { largerWrites } from '../../../adapters/local-hybrid/larger-writes.ts';
import { projectFolder } from '../../stage/project-folder.ts';

/** A PATH with a stdbuf that is a script. */
function pathWith(script: string): string {
  const folder = projectFolder({ stdbuf: `#!/bin/sh\n${script}\n` });
  chmodSync(join(folder, 'stdbuf'), 0o755);
  return folder;
}

test('a stdbuf that works is put before the program', async () => {
  const folder = pathWith('echo it works');
  assert.deepEqual(await largerWrites({ PATH: folder }), [join(folder, 'stdbuf'), '--output=64K']);
});

test('programs start without one that is missing, fails, or has something to complain of', async () => {
  for (const PATH of ['/nowhere', pathWith('exit 125'), pathWith("echo 'object cannot be preloaded' >&2")])
    assert.deepEqual(await largerWrites({ PATH }), []);
  const folder = pathWith('true');
  writeFileSync(join(folder, 'stdbuf'), 'no program of this machine');
  assert.deepEqual(await largerWrites({ PATH: folder }), []);
});
