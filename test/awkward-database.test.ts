import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { type AwkwardDatabase, createAwkwardDatabase } from './stage/awkward-database.ts';
import { execute, identifier, pgDump } from './stage/client.ts';
import { createDatabase } from './stage/databases.ts';
import { differences, type Fingerprint, fingerprint } from './stage/fingerprint.ts';
import type { PgServer } from './stage/part.ts';
import { hostServer, server17 } from './stage/servers.ts';

/** What a plain dump leaves to others. */
const outsideOfDumps = /(the|of the|on the) database|^database$/;

const changes: Record<string, string> = {
  'a row': `UPDATE app.columns SET price = 9 WHERE id = -5`,
  'an empty string': `UPDATE app."awkward texts" SET "a ""text""" = NULL WHERE n = 2`,
  'a row of a partition': `DELETE FROM app.measures WHERE reading = 100`,
  'a sequence': `SELECT nextval('app.called')`,
  'whether a sequence was called': `SELECT setval('app.not_called', 9000000000, true)`,
  'a byte of a large object': `SELECT lo_put(470004, 77, '\\x00')`,
  'the owner of a large object': `ALTER LARGE OBJECT 470001 OWNER TO postgres`,
  'the body of a function': `CREATE OR REPLACE FUNCTION app.dollars() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS 'SELECT NULL'`,
  'a member of a list': `ALTER TABLE app.checks DROP CONSTRAINT checks_v_check, ADD CONSTRAINT checks_v_check CHECK (v IN ('a', 'c', 'b'))`,
  'an index': `CREATE INDEX another ON app.hens (egg)`,
  'a comment': `COMMENT ON COLUMN app.columns."with tax" IS 'other'`,
  'a privilege': `REVOKE SELECT ON app.guarded FROM READER`,
  'who granted a privilege': `SET ROLE GRANTOR; REVOKE SELECT ON app.hens FROM READER; RESET ROLE; GRANT SELECT ON app.hens TO READER`,
  'a privilege on a column': `REVOKE UPDATE (t) ON app.columns FROM READER`,
  'a default privilege': `ALTER DEFAULT PRIVILEGES FOR ROLE OWNER IN SCHEMA app REVOKE SELECT ON TABLES FROM READER`,
  'the owner of a table': `ALTER TABLE app.postgres_owns OWNER TO OWNER`,
  'a policy': `ALTER TABLE app.guarded NO FORCE ROW LEVEL SECURITY`,
  'whether a trigger fires': `ALTER TABLE app.measures_old ENABLE TRIGGER each_one`,
  'a setting of the database': `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET work_mem', current_database()); END $$`,
};

for (const [name, server] of Object.entries({ 'the host server': hostServer, 'server 17': server17 })) {
  describe(`the fingerprint of the awkward database on ${name}`, () => {
    let pg: PgServer;
    let awkward: AwkwardDatabase;
    let print: Fingerprint;
    before(async () => {
      pg = await server();
      awkward = await createAwkwardDatabase(pg);
      print = await fingerprint(pg, awkward.name);
    });

    test('is equal to itself', async () => {
      assert.deepEqual(differences(print, await fingerprint(pg, awkward.name)), []);
      assert.ok(print.size > 1000);
    });

    test('stays the same over pg_dump and psql but for what no plain dump holds', async () => {
      const copy = await createDatabase(pg);
      await execute(pg, copy, await pgDump(pg, awkward.name));
      const restored = await fingerprint(pg, copy);
      assert.deepEqual(differences(print, restored, outsideOfDumps), []);
      assert.equal(differences(print, restored).length, 6);
    });

    test('changes with each thing that changes', async () => {
      const roles = (word: string) => identifier(`${awkward.prefix}_${word.toLowerCase()}`);
      let previous = print;
      for (const [what, change] of Object.entries(changes)) {
        await execute(pg, awkward.name, change.replace(/\b(READER|GRANTOR|OWNER)\b(?! TO)/g, roles));
        const now = await fingerprint(pg, awkward.name);
        const lines = differences(previous, now);
        previous = now;
        // An owner changes who granted the privileges too, an index has columns.
        assert.ok(lines.length === 1 || lines.length === 2, `${what}: ${lines.join('\n')}`);
      }
    });
  });
}
