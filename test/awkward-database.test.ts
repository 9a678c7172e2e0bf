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

/** What is changed, and the lines that tell of it. OWNER, READER and GRANTOR stand for the database's roles. */
const changes: [RegExp, string][] = [
  [/rows of app.columns:/, `UPDATE app.columns SET price = 9 WHERE id = -5`],
  [/rows of app."awkward texts"/, `UPDATE app."awkward texts" SET "a ""text""" = NULL WHERE n = 2`],
  [/rows of app.measures/, `DELETE FROM app.measures WHERE reading = 100`],
  [/value of app.called/, `SELECT nextval('app.called')`],
  [/value of app.not_called/, `SELECT setval('app.not_called', 9000000000, true)`],
  [/content of large object 470004/, `SELECT lo_put(470004, 77, '\\x00')`],
  [/(owner of|privileges on) large object 470001/, `ALTER LARGE OBJECT 470001 OWNER TO postgres`],
  [/function app.dollars\(\)/, `ALTER FUNCTION app.dollars() COST 8`],
  [/checks_v_check/, `ALTER TABLE app.checks DROP CONSTRAINT checks_v_check`],
  [/checks_v_check/, `ALTER TABLE app.checks ADD CONSTRAINT checks_v_check CHECK (v IN ('a', 'c', 'b'))`],
  [/index (column )?app.another/, `CREATE INDEX another ON app.hens (egg)`],
  [/comment on table column app.columns/, `COMMENT ON COLUMN app.columns."with tax" IS 'other'`],
  [/privileges on table app.every_type/, `REVOKE SELECT ON app.every_type FROM READER`],
  [/privileges on table app.hens/, `SET ROLE GRANTOR; REVOKE SELECT ON app.hens FROM READER; RESET ROLE`],
  [/privileges on table app.hens/, `GRANT SELECT ON app.hens TO READER`],
  [/privileges on table column app.columns.t/, `REVOKE UPDATE (t) ON app.columns FROM READER`],
  [
    /default privileges of .*_owner/,
    `ALTER DEFAULT PRIVILEGES FOR ROLE OWNER GRANT USAGE ON SCHEMAS TO READER`,
  ],
  [/(owner of|privileges on) table app.postgres_owns/, `ALTER TABLE app.postgres_owns OWNER TO GRANTOR`],
  [/: table app.guarded/, `ALTER TABLE app.guarded NO FORCE ROW LEVEL SECURITY`],
  [/trigger each_one on app.measures_old/, `ALTER TABLE app.measures_old ENABLE TRIGGER each_one`],
  [/settings of the database/, `ALTER DATABASE CURRENT RESET work_mem`],
];

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

    test('changes with each thing that changes, and with nothing else', async () => {
      const role = (word: string) => identifier(`${awkward.prefix}_${word.toLowerCase()}`);
      for (const [, change] of changes) {
        const sql = change.replace(/\b(READER|GRANTOR|OWNER)\b(?! TO)/g, role);
        await execute(
          pg,
          awkward.name,
          sql.replace('DATABASE CURRENT', () => `DATABASE ${identifier(awkward.name)}`),
        );
      }
      const lines = differences(print, await fingerprint(pg, awkward.name));
      for (const [line] of changes) {
        assert.ok(
          lines.some(one => line.test(one)),
          `${line} is not in:\n${lines.join('\n')}`,
        );
      }
      assert.deepEqual(
        lines.filter(one => !changes.some(([line]) => line.test(one))),
        [],
      );
    });
  });
}
