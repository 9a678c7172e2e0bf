import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { prefixFromDatabase } from '../../src/catalog/file-name.ts';
import { backup } from '../../src/operations/backup.ts';
import { afterFile } from '../stage/after-file.ts';
import { connectionUrl, execute, identifier } from '../stage/client.ts';
import { dropDatabase, uniqueName } from '../stage/databases.ts';
import type { PgServer } from '../stage/part.ts';
import { projectFolder } from '../stage/project-folder.ts';
import { hostServer } from '../stage/servers.ts';
import { localTarget, testRun } from './backup-in-process.ts';

let server: PgServer;

before(async () => {
  server = await hostServer();
});

const unique = uniqueName('n').slice(4);

/** Database names that are legal, and what the file is called after them. */
const names: [name: string, prefix: string][] = [
  [`two  words ${unique}`, `two--words-${unique}`],
  [`it's "quoted" \\ ${unique}`, `it-s--quoted----${unique}`],
  [`$(touch x)\`touch x\`;touch x ${unique}`, `touch-x--touch-x--touch-x-${unique}`],
  [`-${unique}`, unique],
  [`--file=x ${unique}`, `file-x-${unique}`],
  [`line\nbreak\ttab ${unique}`, `line-break-tab-${unique}`],
  [`ünïcødé 数据库 ${unique}`, `n--c--d-------------${unique}`],
  [`a=b host=nowhere ${unique}`, `a-b-host-nowhere-${unique}`],
  [`postgresql://nowhere/${unique}`, `postgresql---nowhere-${unique}`],
  [`../../${unique}`, unique],
  [`/${unique}`, unique],
  [`x`.repeat(63 - unique.length) + unique, `x`.repeat(63 - unique.length) + unique],
  ['...', 'database'],
];

for (const [name, prefix] of names) {
  test(`a database named ${JSON.stringify(name)} is backed up into the folder`, async () => {
    const folder = projectFolder();
    const backups = join(folder, 'backups');
    mkdirSync(backups);
    await execute(server, 'postgres', `CREATE DATABASE ${identifier(name)} TEMPLATE template0`);
    afterFile(() => dropDatabase(server, name));
    await execute(
      server,
      name,
      'CREATE TABLE only_here (); COMMENT ON TABLE only_here IS $$the right one$$;',
    );

    const made = await backup(localTarget(connectionUrl(server, name), backups), {}, testRun(folder));
    assert.equal(made.path, join(backups, `${prefix}_backup_${made.id}.sql.gz`));
    assert.equal(made.manifest.database.name, name);
    assert.match(gunzipSync(readFileSync(made.path)).toString(), /the right one/);
    assert.deepEqual(readdirSync(folder), ['backups']);
    assert.equal(readdirSync(backups).length, 2);
  });
}

test('a prefix is never empty, hidden, an option, or more than the bytes of the name', () => {
  for (const name of ['.', '-', '...---', '\n', '/', '🙂', '-.hidden']) {
    const prefix = prefixFromDatabase(name);
    assert.match(prefix, /^[A-Za-z0-9_][A-Za-z0-9._-]*$/, name);
    assert.ok(prefix === 'database' || prefix.length <= Buffer.byteLength(name), name);
  }
});
