import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { before, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { execute, identifier, pgDump, pgEnv, value } from '../stage/client.ts';
import { createDatabase, createRole } from '../stage/databases.ts';
import type { PgServer } from '../stage/part.ts';
import { projectFolder } from '../stage/project-folder.ts';
import { mustRun } from '../stage/run-program.ts';
import { hostServer } from '../stage/servers.ts';
import { hostTarget, type TargetProject, targetProject } from '../stage/target-project.ts';

interface Contents {
  path: string;
  tables: { name: string; rows: number; bytes: number }[];
  [key: string]: unknown;
}

describe('show', () => {
  let server: PgServer;
  let database: string;
  let owner: string;
  let project: TargetProject;
  let path: string;
  before(async () => {
    server = await hostServer();
    owner = await createRole(server, 'x');
    database = await createDatabase(server);
    await execute(
      server,
      database,
      `CREATE EXTENSION "uuid-ossp"; CREATE SCHEMA s; GRANT USAGE ON SCHEMA s TO ${owner};
       CREATE TABLE s.few AS SELECT 'ü' AS t; CREATE TABLE many AS SELECT generate_series(1, 1000) AS n;
       ALTER TABLE many OWNER TO ${owner};
       CREATE TABLE "red\x1b[31m\nx" (n int); SELECT lo_create(1)`,
    );
    project = targetProject({ local: hostTarget(server, database) });
    await project.must(['backup', '--label', 'the good one']);
    path = project.newest();
  });

  test('says as one document what the manifest and the text know', async () => {
    const contents = await project.must<Contents>(['show', 'latest']);
    const manifest = JSON.parse(readFileSync(`${path}.json`, 'utf8'));
    assert.deepEqual(contents, {
      path,
      id: basename(path).slice('test_backup_'.length, -'.sql.gz'.length),
      target: 'local',
      database,
      bytes: manifest.bytes,
      rawBytes: manifest.rawBytes,
      startedAt: manifest.startedAt,
      label: 'the good one',
      origin: 'manual',
      serverVersion: manifest.serverVersion,
      dumpVersion: manifest.dumpVersion,
      extensions: [
        { name: 'plpgsql', version: '1.0' },
        { name: 'uuid-ossp', version: '1.1' },
      ],
      largeObjects: 1,
      leftOut: [],
      globals: null,
      tables: [
        { name: 'public."red\x1b[31m\nx"', rows: 0, bytes: 0 },
        { name: 'public.many', rows: 1000, bytes: 9 * 2 + 90 * 3 + 900 * 4 + 5 },
        { name: 's.few', rows: 1, bytes: 3 },
      ],
      proof: null,
      git: null,
    });
  });

  test('shows a person the same, with numbers to the right and nothing that a terminal obeys', async () => {
    const { stdout, stderr, exitCode } = await project.run(['show', path]);
    assert.deepEqual([exitCode, stderr], [0, '']);
    assert.doesNotMatch(stdout.replaceAll('\n', ''), /\p{Cc}/u);
    assert.match(stdout, /^label {7}the good one$/m);
    assert.match(stdout, new RegExp(`^database {4}${database} \\(UTF8, locale \\S+, owner \\S+\\)$`, 'm'));
    const lines = stdout.split('\n');
    const table = lines.slice(
      lines.findIndex(line => line.startsWith('TABLE')),
      lines.lastIndexOf(''),
    );
    assert.deepEqual(table.slice(0, 4), [
      'TABLE                      ROWS     SIZE',
      'public."red\\u{1b}[31m\\nx"     0      0 B',
      'public.many                1000  3.8 KiB',
      's.few                         1      3 B',
    ]);
  });

  test('prints commands that restore the backup, its owners and grants too, without this tool', async () => {
    const { stdout } = await project.run(['show', path]);
    const commands = stdout.split('\n').filter(line => line.startsWith('  '));
    assert.equal(commands.length, 3);
    const copy = await createDatabase(server);
    const env = { ...pgEnv(server, 'postgres'), PATH: `${server.binDirectory}:${process.env.PATH}` };
    await execute(server, 'postgres', `DROP DATABASE ${identifier(copy)}`);
    for (const command of commands) await mustRun(['sh', '-c', command.replaceAll('NEW', copy)], { env });
    assert.equal(await value(server, copy, 'SELECT count(*) FROM many'), 1000);
    const roles = "SELECT relowner::regrole || ' ' || has_schema_privilege(relowner, 's', 'USAGE')";
    assert.equal(await value(server, copy, `${roles} FROM pg_class WHERE relname = 'many'`), `${owner} true`);
  });

  test('works without a manifest, a configuration or a server, and counts the COPYs or INSERTs of one table together', async () => {
    const folder = join(projectFolder(), "it's");
    mkdirSync(join(folder, 'backups'), { recursive: true });
    const name = 'a_backup_20260101_120000.sql.gz';
    copyFileSync(path, join(folder, 'backups', name));
    const alone = { run: targetProject({}).run };
    for (const typed of ['latest', '20260101', `backups/${name}`]) {
      const { stdout, stderr, exitCode } = await alone.run(['show', typed, '--json'], { cwd: folder });
      assert.equal(exitCode, 0, stderr);
      const contents = JSON.parse(stdout);
      assert.equal(contents.id, '20260101_120000');
      assert.equal(contents.startedAt, new Date(2026, 0, 1, 12).toISOString());
      assert.deepEqual(contents.extensions, [{ name: 'uuid-ossp', version: null }]);
      assert.deepEqual([contents.target, contents.database, contents.label], [null, null, null]);
      assert.match(contents.serverVersion, /^\d+\.\d+ /);
    }
    const plain = (await alone.run(['show', 'latest'], { cwd: folder })).stdout;
    assert.match(
      plain,
      / {2}gunzip -c '.*\/it'\\''s\/backups\/a_backup_20260101_120000.sql.gz' \| psql -X -v ON_ERROR_STOP=1 -d NEW$/m,
    );

    const inserts = await pgDump(server, database, ['--inserts', '-t', 'many']);
    writeFileSync(join(folder, 'rows.sql'), inserts);
    const { stdout } = await alone.run(['show', './rows.sql', '--json'], { cwd: folder });
    const rows = inserts.toString().match(/^INSERT.*\n/gm)!;
    assert.deepEqual(JSON.parse(stdout).tables, [
      { name: 'public.many', rows: 1000, bytes: rows.join('').length },
    ]);
    assert.equal(JSON.parse(stdout).id, null);
    const first = rows.slice(0, 3).join('');
    const twice = inserts.toString().replace(first, `${first}COPY public.other (n) FROM stdin;\n1\n\\.\n\n`);
    writeFileSync(join(folder, 'rows.sql'), twice);
    const again = JSON.parse((await alone.run(['show', './rows.sql', '--json'], { cwd: folder })).stdout);
    assert.deepEqual(
      again.tables.map((table: { rows: number }) => table.rows),
      [1000, 1],
    );
  });

  test('reads archives with the target’s pg_restore, and says which command restores them', async () => {
    const archive = join(project.folder, 'a b.dump');
    writeFileSync(archive, await pgDump(server, database, ['-Fc']));
    const contents = await project.must<Contents>(['show', './a b.dump']);
    assert.equal(contents.tables[1]?.rows, 1000);
    assert.equal(contents.bytes, readFileSync(archive).length);
    const { stdout } = await project.run(['show', './a b.dump']);
    assert.match(stdout, /^ {2}pg_restore --exit-on-error --dbname=NEW '\/.*\/a b.dump'$/m);
    const env = { DATABASE_URL: undefined };
    const alone = await targetProject({}).run(['show', archive], { cwd: projectFolder(), env });
    assert.equal(alone.exitCode, 7);
    assert.match(
      alone.stderr,
      /is an archive, which takes pg_restore to read\nhint: Make a plain dump of it: /,
    );
  });

  test('ends with 7 for a damaged file, and with 2 for one that is not there', async () => {
    const damaged = join(project.folder, 'cut.sql.gz');
    copyFileSync(path, damaged);
    truncateSync(damaged, 500);
    assert.equal((await project.run(['show', damaged])).exitCode, 7);
    const sql = gunzipSync(readFileSync(path)).toString();
    writeFileSync(join(project.folder, 'cut.sql'), sql.slice(0, -300));
    assert.equal((await project.run(['show', './cut.sql'])).exitCode, 7);
    for (const args of [['./none.sql'], ['2020'], [path, '--target', 'none']])
      assert.equal((await project.run(['show', ...args])).exitCode, 2);
  });
});
