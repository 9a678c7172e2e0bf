import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostSpawn } from '../../adapters/local-hybrid/spawn.ts';
import { createDatabaseStatement, databasePropertyStatements } from '../../src/postgres/create-database.ts';
import { databaseFacts } from '../../src/postgres/database-facts.ts';
import { identifier } from '../../src/postgres/quote.ts';
import { openSession } from '../../src/postgres/session.ts';
import { clientEnv, execute } from '../stage/client.ts';
import { createDatabase, createRole } from '../stage/databases.ts';
import { hostServer, server17 } from '../stage/servers.ts';

const settings = [
  `search_path = '$user', 'odd "name"', ' blank ', 'Upper', public, ''`,
  `search_path = ''`,
  `"own.setting" = 'it''s \\ "x", y'`,
  `own.empty = ''`,
  'work_mem = 5120',
  `DateStyle = 'ISO, DMY'`,
  `temp_tablespaces = ''`,
  `session_preload_libraries = 'auto_explain', 'pg_stat_statements'`,
  `default_text_search_config = 'pg_catalog.german'`,
];

for (const [name, start] of Object.entries({ 15: hostServer, 17: server17 })) {
  test(`the properties of a database are read, and given to another, on PostgreSQL ${name}`, async () => {
    const server = await start();
    const [owner, reader] = [await createRole(server, 'x'), await createRole(server, 'x')];
    const database = await createDatabase(server, { options: `OWNER ${owner}`, suffix: ' "odd"' });
    const here = identifier(database);
    await execute(
      server,
      'postgres',
      `REVOKE CREATE ON DATABASE ${here} FROM ${owner}; REVOKE ALL ON DATABASE ${here} FROM PUBLIC;
       GRANT CONNECT ON DATABASE ${here} TO ${reader} WITH GRANT OPTION; GRANT TEMPORARY ON DATABASE ${here} TO PUBLIC;
       ALTER DATABASE ${here} CONNECTION LIMIT 0; COMMENT ON DATABASE ${here} IS E'it''s\\n\\\\'`,
    );
    const { PGDATABASE: _, ...env } = clientEnv(server, 'postgres');
    const session = await openSession(hostSpawn(server.binDirectory, env), 'postgres');
    for (const [index, setting] of settings.entries()) {
      const role = index % 2 === 1 ? `ROLE ${reader} IN` : '';
      await execute(server, 'postgres', `ALTER ${role} DATABASE ${here} SET ${setting}`);
    }
    const facts = (await databaseFacts(session, database))!;
    const copy = `${database} copy`;
    await session.execute(createDatabaseStatement(facts, copy, server));
    for (const statement of databasePropertyStatements(facts, copy)) await session.execute(statement);
    const { bytes: _a, ...of } = facts;
    const { bytes: _b, ...copied } = (await databaseFacts(session, copy))!;
    assert.deepEqual(copied, { ...of, name: copy });
    assert.ok(facts.settings.length > 5);
    await session.close();
  });
}
