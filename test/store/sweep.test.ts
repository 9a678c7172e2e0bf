import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { lifeOf, processIdentity } from '../../src/process-identity.ts';
import { sweepLeftovers } from '../../src/store/sweep.ts';
import { backupFolder, staged } from './backup-folder.ts';

const day = 24 * 60 * 60 * 1000;
const backup = 'app_backup_20261123_120000.sql.gz';
const later = 'app_backup_20261123_120001.sql.gz';

/** Names a process of this machine that has ended. */
async function deadIdentity(): Promise<string> {
  const child = spawn('sleep', ['1000']);
  const identity = await processIdentity(child.pid);
  assert.equal(await lifeOf(identity!), 'alive');
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.equal(await lifeOf(identity!), 'dead');
  return identity!;
}

test('what a dead run staged goes; what a living one staged stays', async () => {
  const { folder, names } = backupFolder();
  const alive = await staged(folder, 'half');
  const dead = `.db-orchestrate-00000002-1.${await deadIdentity()}.partial`;
  writeFileSync(join(folder, dead), 'half');
  assert.deepEqual(await sweepLeftovers(folder, new Date()), [dead]);
  assert.deepEqual(
    names().map(name => join(folder, name)),
    [alive.path],
  );
});

test('a process number that another process got does not keep a dead run’s file', async () => {
  const own = await processIdentity();
  const [machine, pid] = own!.split('-');
  assert.equal(await lifeOf(`${machine}-${pid}-00000000`), 'dead');
  assert.equal(await lifeOf(own!), 'alive');
});

test('what another machine staged stays until nobody has written to it for a day', async () => {
  const { folder, names } = backupFolder();
  const foreign = '.db-orchestrate-00000002-1.ffffffff-1-00000000.partial';
  const path = join(folder, foreign);
  writeFileSync(path, 'half');
  const now = Date.now();
  assert.deepEqual(await sweepLeftovers(folder, new Date(now + day / 2)), []);
  utimesSync(path, new Date(now - day - 1000), new Date(now - day - 1000));
  assert.deepEqual(await sweepLeftovers(folder, new Date(now)), [foreign]);
  assert.deepEqual(names(), []);
});

test('a manifest without its data goes, unless a run lives that may be about to publish it', async () => {
  const { folder, names } = backupFolder();
  writeFileSync(join(folder, `${backup}.json`), '{}');
  writeFileSync(join(folder, later), 'data');
  writeFileSync(join(folder, `${later}.json`), '{}');
  const alive = await staged(folder, 'half');
  assert.deepEqual(await sweepLeftovers(folder, new Date()), []);
  await alive.discard();
  assert.deepEqual(await sweepLeftovers(folder, new Date()), [`${backup}.json`]);
  assert.deepEqual(names(), [later, `${later}.json`]);
});

test('nothing but our own leftovers goes', async () => {
  const { folder, names } = backupFolder();
  const foreign = [
    '.db-orchestrate-00000002-1.partial',
    '.db-orchestrate.partial',
    '.hidden.partial',
    'app_backup_20261123_120000.sql.gz.partial',
    'notes.json',
    'app_backup_latest.sql.gz.json',
    'package.sql.gz.json',
  ];
  for (const name of foreign) writeFileSync(join(folder, name), '');
  assert.deepEqual(await sweepLeftovers(folder, new Date()), []);
  assert.deepEqual(names(), foreign.sort());
});

test('what could not be removed is not told as cleared', async () => {
  const { folder } = backupFolder();
  const name = `.db-orchestrate-00000002-1.${await deadIdentity()}.partial`;
  mkdirSync(join(folder, name));
  assert.deepEqual(await sweepLeftovers(folder, new Date()), []);
});

test('a link of that name goes, and what it leads to stays', async () => {
  const { folder, names } = backupFolder();
  const name = `.db-orchestrate-00000002-1.${await deadIdentity()}.partial`;
  writeFileSync(join(folder, 'precious'), 'x');
  symlinkSync('precious', join(folder, name));
  assert.deepEqual(await sweepLeftovers(folder, new Date()), [name]);
  assert.deepEqual(names(), ['precious']);
});

test('a folder that is not there has no leftovers', async () => {
  const { folder } = backupFolder();
  assert.deepEqual(await sweepLeftovers(join(folder, 'missing'), new Date()), []);
});
