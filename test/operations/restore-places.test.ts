import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { execute, identifier, literal, pgDump, rows, value } from '../stage/client.ts';
import { createDatabase, createRole, dropDatabase, uniqueName } from '../stage/databases.ts';
import { hostServer } from '../stage/servers.ts';
import { hostTarget, targetProject } from '../stage/target-project.ts';

describe('a restore', () => {
  test('keeps encoding and locale of the live database, and those of the backup for a new one', async () => {
    const server = await hostServer();
    const options = `ENCODING 'LATIN1' LOCALE 'C'`;
    const database = await createDatabase(server, { options });
    await execute(server, database, `CREATE TABLE t AS SELECT 'é'::text AS s`);
    const project = targetProject({ local: hostTarget(server, database) });
    await project.must(['backup']);
    const into = `${database} copy`;
    await project.must(['restore', 'latest', '--force']);
    await project.must(['restore', 'latest', '--force', '--into', into]);
    for (const name of [database, into]) {
      const facts = `SELECT pg_encoding_to_char(encoding) || datcollate FROM pg_database WHERE datname = ${literal(name)}`;
      assert.equal(await value(server, 'postgres', facts), 'LATIN1C');
      assert.equal(await value(server, name, 'SELECT s FROM t'), 'é');
    }
  });

  test('puts bytes of no encoding only into a database of none', async () => {
    const server = await hostServer();
    const source = await createDatabase(server, { options: `ENCODING 'SQL_ASCII' LOCALE 'C'` });
    await execute(server, source, `CREATE TABLE t AS SELECT E'\\xff'::text AS s`);
    const database = await createDatabase(server);
    const project = targetProject({ local: hostTarget(server, database) });
    writeFileSync(join(project.folder, 'ascii.sql'), await pgDump(server, source, ['-E', 'SQL_ASCII']));
    const refused = await project.run(['restore', './ascii.sql', '--force']);
    assert.equal(refused.exitCode, 6);
    assert.match(refused.stderr, /SQL_ASCII database, and .* is UTF8/);
    await project.must(['restore', './ascii.sql', '--force', '--into', `${database}_new`]);
    assert.equal(await value(server, `${database}_new`, 'SELECT s::bytea::text FROM t'), '\\xff');
  });

  test('into another database: makes it, fills an empty one, and replaces one that holds something only with --force', async () => {
    const server = await hostServer();
    const database = await createDatabase(server);
    await execute(server, database, 'CREATE TABLE t AS SELECT 47 AS n');
    const project = targetProject({ local: hostTarget(server, database) });
    await project.must(['backup']);
    const into = `${database}_copy`;
    const restore = (...more: string[]) => project.run(['restore', 'latest', '--into', into, ...more]);

    assert.equal((await restore()).exitCode, 9);
    await execute(server, 'postgres', `CREATE DATABASE ${into}`);
    assert.equal((await restore('--force')).exitCode, 0);
    assert.equal(await value(server, into, 'SELECT n FROM t'), 47);

    await execute(server, into, 'UPDATE t SET n = 48');
    const refused = await restore();
    assert.equal(refused.exitCode, 9);
    assert.match(refused.stderr, /exists and holds something/);
    const replaced = await restore('--force');
    assert.equal(replaced.exitCode, 0);
    assert.match(replaced.stderr, new RegExp(`The replaced database is kept as ${into}_undo_`));
    assert.equal(await value(server, into, 'SELECT n FROM t'), 47);
    const own = `SELECT datname FROM pg_database WHERE starts_with(datname, '${database}_undo')`;
    assert.deepEqual(await rows(server, 'postgres', own), []);
  });

  test('leaves owners and grants out when told so, or those of roles that are missing, which it says', async () => {
    const server = await hostServer();
    const owner = await createRole(server, 'secret');
    const gone = await createRole(server, 'secret');
    const database = await createDatabase(server);
    await execute(
      server,
      database,
      `CREATE TABLE t (); CREATE TABLE u (); ALTER TABLE t OWNER TO ${owner}; GRANT SELECT ON t TO ${gone}`,
    );
    const project = targetProject({ local: hostTarget(server, database) });
    await project.must(['backup']);
    const owned = `SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname = 't'`;
    await project.must(['restore', 'latest', '--force', '--no-owners']);
    assert.equal(await value(server, database, owned), 'postgres');

    // What an undo would bring back is the role's too.
    await project.must(['prune', '--undo']);
    await execute(server, database, `DROP OWNED BY ${gone}; ALTER ROLE ${gone} RENAME TO ${gone}_renamed`);
    const restored = await project.run(['restore', 'latest', '--force']);
    await execute(server, database, `ALTER ROLE ${gone}_renamed RENAME TO ${gone}`);
    assert.equal(restored.exitCode, 0, restored.stderr);
    assert.match(restored.stderr, new RegExp(`do not exist here: owners and grants of ${gone}`));
    assert.equal(await value(server, database, owned), owner);
  });
});

describe('a database of a hostile name', () => {
  const names: Record<string, (unique: string) => string> = {
    'with every kind of quote, command and white space': unique =>
      ` it's  "${unique}" \\ \n\t$(touch hacked)\`touch hacked\`;|&`,
    'that reads as a connection string': unique => `dbname=postgres host=/nowhere user=${unique}`,
    'that reads as an option, and is as long as it may be': unique => `--help ${unique}`.padEnd(63, '_'),
    'in characters of four bytes, and as long as it may be': unique =>
      `${unique.slice(-7)}${'🐘'.repeat(14)}`,
  };
  for (const [how, nameOf] of Object.entries(names))
    test(`${how}, is restored and undone`, () => restoredAndUndone(nameOf));

  async function restoredAndUndone(nameOf: (unique: string) => string): Promise<void> {
    const server = await hostServer();
    const name = nameOf(uniqueName('n'));
    await execute(server, 'postgres', `CREATE DATABASE ${identifier(name)} TEMPLATE template0`);
    try {
      await execute(server, name, 'CREATE TABLE t AS SELECT 1 AS n');
      const project = targetProject({ local: hostTarget(server, name) });
      await project.must(['backup']);
      await execute(server, name, 'UPDATE t SET n = 2');
      const { undo } = await project.must<{ undo: string }>(['restore', 'latest', '--force']);
      assert.equal(await value(server, name, 'SELECT n FROM t'), 1);
      assert.ok(Buffer.byteLength(undo) <= 63);
      assert.equal(undo.includes('\ufffd'), false);
      await project.must(['undo', '--force']);
      assert.equal(await value(server, name, 'SELECT n FROM t'), 2);
      assert.deepEqual(readdirSync(project.folder).sort(), ['backup.config.json', 'backups']);
    } finally {
      await dropDatabase(server, name);
    }
  }
});
