import { randomInt } from 'node:crypto';
import { execute, literal, rows } from '../stage/client.ts';
import { createDatabase, type DatabaseRequest } from '../stage/databases.ts';
import { openSession } from '../stage/open-session.ts';
import type { PgServer } from '../stage/part.ts';
import { waitUntil } from '../stage/wait-until.ts';

export interface GatedDatabase {
  readonly database: string;
  /** From now on a restore of it stops in the middle of its load, until the gate is opened. */
  close(): Promise<{ open(): Promise<void> }>;
  /** Fulfils when a restore stands at the gate. */
  waiting(): Promise<void>;
  /** Databases beside it: what restores fill, and what they keep. */
  beside(): Promise<string[]>;
}

/** A database whose dump can be held while it is loaded: the check of its only row waits while a lock is held. */
export async function createGatedDatabase(
  server: PgServer,
  request: DatabaseRequest = {},
): Promise<GatedDatabase> {
  const database = await createDatabase(server, request);
  const key = randomInt(1, 2 ** 31);
  await execute(
    server,
    database,
    `CREATE FUNCTION gate() RETURNS bool LANGUAGE plpgsql AS $$
     BEGIN
       WHILE EXISTS (SELECT FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND objid = ${key}::oid AND objsubid = 1) LOOP
         PERFORM pg_catalog.pg_sleep(0.05);
       END LOOP;
       RETURN true;
     END $$;
     CREATE TABLE t (state text CHECK (gate()));
     INSERT INTO t VALUES ('from the backup');`,
  );
  const family = literal(`${database}_`);
  return {
    database,
    async close() {
      const session = openSession(server, 'postgres');
      await session.execute(`SELECT pg_advisory_lock(${key})`);
      return { open: session.close };
    },
    waiting: () =>
      waitUntil('a restore stands at the gate', async () => {
        const copying = `SELECT pid FROM pg_stat_activity WHERE starts_with(datname, ${family}) AND query LIKE 'COPY%'`;
        return (await rows(server, 'postgres', copying)).length > 0;
      }),
    async beside() {
      const like = `SELECT datname AS name FROM pg_database WHERE starts_with(datname, ${family})`;
      return (await rows<{ name: string }>(server, 'postgres', like)).map(({ name }) => name);
    },
  };
}
