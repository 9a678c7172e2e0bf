import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { localHybrid } from '../../adapters/local-hybrid/adapter.ts';
import type { Server } from '../../src/contract/adapter.ts';
import { quickSettings } from '../../src/operations/load/quick-settings.ts';
import { openLoader } from '../../src/pipeline/loader.ts';
import { testRun } from '../operations/backup-in-process.ts';
import { connectionUrl, execute, value } from '../stage/client.ts';
import { createDatabase, createRole } from '../stage/databases.ts';
import { openSession } from '../stage/open-session.ts';
import type { PgServer } from '../stage/part.ts';
import { hostServer } from '../stage/servers.ts';

let here: PgServer;
let database: string;
let server: Server;

before(async () => {
  here = await hostServer();
  database = await createDatabase(here);
  await execute(here, database, 'CREATE TABLE t (n int)');
  const { binDirectory } = here;
  server = await localHybrid.open({ url: connectionUrl(here, database), binDirectory }, testRun('/'));
});

const rows = 'BEGIN;\nCOPY t FROM stdin;\n1\n2\n\\.\n';
const count = () => value<number>(here, database, 'SELECT count(*) FROM t');

test('what is poured is there when all of it was executed, and each COPY is counted', async () => {
  const loader = await openLoader(server, database);
  const { copied } = await loader.pour(async (stdin, last) => {
    stdin.end(Buffer.concat([Buffer.from(rows), last]));
  }, 'COMMIT;');
  assert.deepEqual(copied, [2]);
  assert.equal(await count(), 2);
});

test('what is poured and breaks off, although the program ends well, is a failure and is not there', async () => {
  const loader = await openLoader(server, database);
  const poured = loader.pour(async stdin => void stdin.end(rows), 'COMMIT;');
  await assert.rejects(poured, {
    code: 'restore-failed',
    message: /ended before it had read the whole dump/,
  });
  assert.equal(await count(), 2);
});

test('autovacuum gives way to a session that loads after some milliseconds, where the role may have it so', async () => {
  const settings = quickSettings(1);
  const one = openSession(here, database);
  await one.execute(settings);
  assert.equal(await one.execute('SHOW deadlock_timeout'), '20ms');
  const user = await createRole(here, 'secret');
  const other = openSession(here, database, { user, password: 'secret' });
  await other.execute(settings);
  assert.equal(await other.execute('SHOW deadlock_timeout'), '1s');
  assert.equal(await other.execute('SHOW synchronous_commit'), 'off');
});
