import assert from 'node:assert/strict';
import { test } from 'node:test';
import { localHybrid } from '../../adapters/local-hybrid/adapter.ts';
import { ClientFailure, type Server, type Session } from '../../src/contract/adapter.ts';
import { swapDatabases } from '../../src/postgres/swap.ts';
import { testRun } from '../operations/backup-in-process.ts';
import { afterFile } from '../stage/after-file.ts';
import { connectionUrl, execute, value } from '../stage/client.ts';
import { createDatabase } from '../stage/databases.ts';
import { projectFolder } from '../stage/project-folder.ts';
import { hostServer } from '../stage/servers.ts';

/** Two databases to swap, and a session whose way to the server is lost at one statement, before or after it. */
async function lostAt(statement: string, moment: 'before' | 'after') {
  const pg = await hostServer();
  const live = await createDatabase(pg);
  const names = { live, incoming: `${live}_new`, kept: `${live}_old` };
  await execute(pg, 'postgres', `CREATE DATABASE ${names.incoming}`);
  await execute(pg, names.incoming, 'CREATE TABLE incoming ()');
  const server: Server = await localHybrid.open({ url: connectionUrl(pg, live) }, testRun(projectFolder()));
  afterFile(() => server.close());
  const real = await server.session('postgres');
  const lost = async () => {
    await real.close();
    throw new ClientFailure('psql', null, 'the connection was lost');
  };
  const session: Session = {
    ...real,
    async execute(text) {
      if (text === statement && moment === 'before') return lost();
      await real.execute(text);
      if (text === statement) return lost();
    },
  };
  const isNew = () => value(pg, live, `SELECT to_regclass('incoming') IS NOT NULL`);
  return { names, server, session, isNew };
}

test('a swap whose way to the server is lost just after it committed has succeeded', async () => {
  const { names, server, session, isNew } = await lostAt('COMMIT', 'after');
  await swapDatabases(server, session, names);
  assert.equal(await isNew(), true);
});

test('a swap whose way to the server is lost before it committed has failed, and changed nothing', async () => {
  const { names, server, session, isNew } = await lostAt('COMMIT', 'before');
  await assert.rejects(swapDatabases(server, session, names));
  assert.equal(await isNew(), false);
});
