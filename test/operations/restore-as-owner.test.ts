import assert from 'node:assert/strict';
import { test } from 'node:test';
import { execute } from '../stage/client.ts';
import { createDatabase, createRole } from '../stage/databases.ts';
import { differences, fingerprint } from '../stage/fingerprint.ts';
import type { PgServer } from '../stage/part.ts';
import { hostServer, server17 } from '../stage/servers.ts';
import { hostTarget, targetProject } from '../stage/target-project.ts';

const servers: Record<string, () => Promise<PgServer>> = { 15: hostServer, 17: server17 };
for (const [major, start] of Object.entries(servers)) {
  test(`an application's role, which may do no more than create databases, loses nothing on PostgreSQL ${major}`, async () => {
    const server = await start();
    const owner = await createRole(server, 'secret', 'CREATEDB');
    const [reader, group] = [await createRole(server, 'x'), await createRole(server, 'x')];
    await execute(server, 'postgres', `GRANT ${group} TO ${owner}`);
    const database = await createDatabase(server, { options: `OWNER ${owner}` });
    await execute(server, database, `SET ROLE ${owner}; ${sample(owner, reader, group, database)}`);
    const before = await fingerprint(server, database);
    const login = { user: owner, password: 'secret' };
    const project = targetProject({ local: hostTarget(server, database, login) });
    await project.must(['backup']);
    await execute(server, database, 'DROP TABLE app.orders CASCADE; SELECT lo_unlink(4711)');
    await project.must(['restore', 'latest', '--force']);
    assert.deepEqual(differences(before, await fingerprint(server, database)), []);
  });
}

function sample(owner: string, reader: string, group: string, database: string): string {
  return `
    CREATE SCHEMA app;
    GRANT CREATE ON SCHEMA app TO ${group};
    CREATE EXTENSION citext SCHEMA app;
    CREATE TABLE app.orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, who app.citext, cents int CHECK (cents > 0));
    INSERT INTO app.orders (who, cents) SELECT 'A' || n, n FROM generate_series(1, 100) n;
    CREATE TABLE app.shared (n int);
    ALTER TABLE app.shared OWNER TO ${group};
    CREATE VIEW app.v AS SELECT count(*) FROM app.orders;
    CREATE FUNCTION app.f() RETURNS int LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN RETURN 1; END';
    ALTER TABLE app.orders ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own ON app.orders FOR SELECT TO ${reader} USING (cents < 50);
    GRANT USAGE ON SCHEMA app TO ${reader};
    GRANT SELECT, UPDATE (cents) ON app.orders TO ${reader} WITH GRANT OPTION;
    ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO ${reader};
    ALTER DEFAULT PRIVILEGES FOR ROLE ${group} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
    SELECT lo_from_bytea(4711, 'x');
    GRANT SELECT ON LARGE OBJECT 4711 TO ${reader};
    COMMENT ON SCHEMA app IS 'of the application';
    ALTER DATABASE ${database} SET search_path = app, public;
    ALTER ROLE ${owner} IN DATABASE ${database} SET work_mem = '5MB';
    REVOKE TEMPORARY ON DATABASE ${database} FROM PUBLIC;
    GRANT CONNECT ON DATABASE ${database} TO ${reader} WITH GRANT OPTION;
    COMMENT ON DATABASE ${database} IS 'it is';`;
}
