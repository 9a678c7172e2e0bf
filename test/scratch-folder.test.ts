import assert from 'node:assert/strict';
import { chownSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { processIdentity } from '../src/process-identity.ts';
import { clearLeftFolders, removeScratchFolder, scratchFolderName } from '../src/scratch-folder.ts';
import { projectFolder } from './stage/project-folder.ts';

const nobody = 65534;

test('what a dead run has left is cleared; what lives, is of another kind, or is not ours stays', async () => {
  const base = projectFolder();
  const [machine] = (await processIdentity())!.split('-');
  const dead = (kind: string, suffix: string) => `dbo-${kind}-${machine}-1-0badcafe-${suffix}`;
  const alive = await scratchFolderName('thing');
  const stay = [alive, dead('other', '1'), 'dbo-thing-x'];
  if (process.getuid?.() === 0) stay.push(dead('thing', 'foreign'));
  for (const name of [...stay, dead('thing', '1')]) mkdirSync(join(base, name, 'data'), { recursive: true });
  if (process.getuid?.() === 0) chownSync(join(base, dead('thing', 'foreign')), nobody, nobody);
  await clearLeftFolders('thing', [base], removeScratchFolder);
  assert.deepEqual(readdirSync(base).sort(), stay.sort());
});
