import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { before, describe, test } from 'node:test';
import { execute, pgDump, value } from '../stage/client.ts';
import { createDatabase, createRole } from '../stage/databases.ts';
import type { PgServer } from '../stage/part.ts';
import { hostServer, server17 } from '../stage/servers.ts';
import { hostTarget, type TargetProject } from '../stage/target-project.ts';
import { archiveProject, archivesBringBack, file } from './awkward-archives.ts';

archivesBringBack('PostgreSQL of this host', ['in the custom format', 'in the tar format']);
archivesBringBack('PostgreSQL 17', [
  'in the custom format inside gzip, made with --clean and -C',
  'in the directory format',
]);
archivesBringBack('a container', ['in the custom format', 'in the tar format', 'in the directory format']);

describe('an archive', () => {
  let server: PgServer;
  let database: string;
  let project: TargetProject;
  let folder: string;

  before(async () => {
    server = await hostServer();
    database = await createDatabase(server);
    await execute(
      server,
      database,
      `CREATE TABLE t AS SELECT 47 AS n; COMMENT ON TABLE t IS '${'-'.repeat(80)}'`,
    );
    [project, folder] = archiveProject({ local: hostTarget(server, database) });
  });

  test('is restored with its owners and grants, without those of roles that are missing, or without all', async () => {
    const [owner, gone] = [await createRole(server, 'secret'), await createRole(server, 'secret')];
    const source = await createDatabase(server);
    await execute(
      server,
      source,
      `CREATE TABLE t (); ALTER TABLE t OWNER TO ${owner}; CREATE TABLE u (); GRANT SELECT ON u TO ${gone};
       ALTER TABLE u ADD CHECK (to_jsonb(u) <> '" OWNER TO nobody"') NOT VALID`,
    );
    const path = file(folder, 'owners.dump', await pgDump(server, source, ['-Fc']));
    await execute(server, source, `DROP OWNED BY ${gone}; ALTER ROLE ${gone} RENAME TO ${gone}_renamed`);
    const into = `${source}_copy`;
    const owned = `SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname = 't'`;
    const restored = await project.run(['restore', path, '--force', '--into', into]);
    await execute(server, source, `ALTER ROLE ${gone}_renamed RENAME TO ${gone}`);
    assert.equal(restored.exitCode, 0, restored.stderr);
    assert.match(restored.stderr, new RegExp(`do not exist here: owners and grants of ${gone}`));
    assert.equal(await value(server, into, owned), owner);
    await project.must(['restore', path, '--force', '--into', into, '--no-owners']);
    assert.equal(await value(server, into, owned), 'postgres');
  });

  test('of a newer pg_dump is read by the newest pg_restore of this host', async () => {
    const { binDirectory } = await server17();
    const path = file(folder, 'newer.dump', await pgDump({ ...server, binDirectory }, database, ['-Fc']));
    const { url } = hostTarget(server, database);
    const [found] = archiveProject({ local: { adapter: 'local-hybrid', url } });
    const env = { PATH: [binDirectory, server.binDirectory, process.env.PATH].join(delimiter) };
    await found.must(['restore', join(folder, path.split('/').at(-1)!), '--force'], { env });
    assert.equal(await value(server, database, 'SELECT n FROM t'), 47);
  });

  test('that is too new for pg_restore is refused with the version that it takes', async () => {
    const { binDirectory } = await server17();
    const path = file(folder, 'too new.dump', await pgDump({ ...server, binDirectory }, database, ['-Fc']));
    const { exitCode, stderr } = await project.run(['restore', path, '--force']);
    assert.equal(exitCode, 7, stderr);
    assert.match(
      stderr,
      /^error: .*too new\.dump cannot be read: .*unsupported version \(1\.16\) in file header/m,
    );
    assert.match(stderr, /^hint: .*PostgreSQL 17 or later.*postgresql-client-17/m);
  });

  test('that holds a command of psql is refused, and the command does not run', async () => {
    const archive = await pgDump(server, database, ['-Fc']);
    const text = archive.toString('latin1');
    const comment = /COMMENT ON TABLE public\.t IS '-+';/.exec(text)![0];
    const touch = `\\! touch '${join(project.folder, 'touched')}'\n`;
    const hostile = text.replace(comment, () => touch.padEnd(comment.length).slice(0, comment.length));
    const path = file(folder, 'hostile.dump', Buffer.from(hostile, 'latin1'));
    const { exitCode, stderr } = await project.run(['restore', path, '--force']);
    assert.equal(exitCode, 7, stderr);
    assert.match(stderr, /psql meta-command at line/);
    assert.equal(existsSync(join(project.folder, 'touched')), false);
  });

  test('of data alone is refused by the server, and the database stays as it is', async () => {
    const path = file(folder, 'data.dump', await pgDump(server, database, ['-Fc', '--data-only']));
    const { exitCode, stderr } = await project.run(['restore', path, '--force']);
    assert.equal(exitCode, 6, stderr);
    assert.match(stderr, /relation "public\.t" does not exist/);
    assert.equal(await value(server, database, 'SELECT n FROM t'), 47);
  });
});
