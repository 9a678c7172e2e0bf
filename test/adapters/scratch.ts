import assert from 'node:assert/strict';
import type { ScratchNeed, Server } from '../../src/contract/adapter.ts';

export const anyServer: ScratchNeed = { serverMajor: undefined, dumpMajor: undefined, settings: {} };

export async function select<Row>(server: Server, query: string): Promise<Row[]> {
  const session = await server.session('postgres');
  const rows = await session.query<Row>(query);
  await session.close();
  return rows;
}

/** What a throwaway server promises, whatever it runs in. */
export async function isThrowaway(server: Server, major: number): Promise<void> {
  assert.equal(server.database, 'postgres');
  assert.equal(server.version.major, major);
  assert.ok(server.clientVersion.major >= major);
  const [facts] = await select(
    server,
    `SELECT current_user AS user, rolsuper AS super, inet_server_addr() IS NULL AS socket, current_database() AS database,
       current_setting('listen_addresses') AS listens, current_setting('server_encoding') AS encoding,
       (SELECT datcollate FROM pg_database WHERE datname = 'postgres') AS collate,
       (SELECT count(*) FROM pg_database) AS databases
     FROM pg_roles WHERE rolname = current_user`,
  );
  assert.deepEqual(facts, {
    ...{ user: 'postgres', super: true, socket: true, database: 'postgres' },
    ...{ listens: '', encoding: 'UTF8', collate: 'C', databases: 3 },
  });
}

/** Loads a table into it and gives its dump. */
export async function roundTrip(server: Server): Promise<string> {
  const load = await server.load({ database: 'postgres' });
  load.stdout.resume();
  load.stdin.end('CREATE TABLE public.one AS SELECT 1 AS n;\n');
  await load.done;
  const dump = await server.dump({ database: 'postgres', args: ['-O', '-x'] });
  let text = '';
  for await (const chunk of dump.stdout) text += chunk;
  await dump.done;
  return text;
}
