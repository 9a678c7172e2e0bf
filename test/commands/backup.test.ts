import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { type BackupProject, backupProject } from '../operations/backup-project.ts';
import { connectionUrl, execute, pgDump, pgProgram, value } from '../stage/client.ts';
import { createDatabase, createRole } from '../stage/databases.ts';
import type { PgServer } from '../stage/part.ts';
import { runProgram } from '../stage/run-program.ts';
import { hostServer } from '../stage/servers.ts';

const sample = `
  CREATE TABLE notes (id int PRIMARY KEY, body text);
  INSERT INTO notes SELECT n, E'line\\tof ' || n || E'\\nand é' FROM generate_series(1, 500) n;
  CREATE EXTENSION pg_trgm;`;

let server: PgServer;
let database: string;
let reader: string;
let project: BackupProject;

before(async () => {
  server = await hostServer();
  reader = await createRole(server, 'secret');
  database = await createDatabase(server);
  await execute(server, database, `${sample} GRANT SELECT ON notes TO ${reader};`);
  project = backupProject({ env: { DATABASE_URL: connectionUrl(server, database) } });
});

describe('backup', () => {
  type Parts = [number, number, number, number, number, number];
  let began: number;
  let name: string;

  before(async () => {
    began = Date.now();
    const label = "before \x1b[31m the 'big' \n change é";
    const made = await project.run(['backup', '--label', label]);
    assert.equal(made.exitCode, 0, made.stderr);
    [name = ''] = project.dataNames();
    assert.match(made.stdout, new RegExp(`^\\./backups/${name}  [\\d.]+ KiB\\n$`));
    assert.match(made.stderr, /^backed up local: [\d.]+ KiB of SQL in /m);
  });

  test('names the file after the database and the local time when it began', () => {
    const stamp = new RegExp(
      `^${database}_backup_(\\d{4})(\\d\\d)(\\d\\d)_(\\d\\d)(\\d\\d)(\\d\\d)\\.sql\\.gz$`,
    );
    const [year, month, day, hour, minute, second] = stamp.exec(name)!.slice(1).map(Number) as Parts;
    const at = new Date(year, month - 1, day, hour, minute, second).getTime();
    assert.ok(at >= began - 1000 && at <= Date.now(), name);
  });

  test('stores what pg_dump -O -x prints, and the grants as comments before its closing lines', async () => {
    const text = project.text(name);
    const key = /\\restrict (\w+)/.exec(text);
    const args = key ? [`--restrict-key=${key[1]}`] : [];
    const reference = (await pgDump(server, database, ['-O', '-x', ...args])).toString();
    const block = /^-- Owners and privileges .*\n(?:--\+ .*\n)+\n/m.exec(text);
    assert.equal(text.replace(block![0], ''), reference);
    assert.match(block![0], new RegExp(`^--\\+ GRANT SELECT ON TABLE public.notes TO ${reader};$`, 'm'));
    assert.match(
      text.slice(block!.index + block![0].length),
      /^--\n-- PostgreSQL database dump complete\n--\n/,
    );
  });

  test('restores with gunzip and psql, without this tool', async () => {
    const copy = await createDatabase(server);
    const text = (await runProgram(['gunzip', '-c', join(project.backups, name)])).bytes;
    const psql = await pgProgram(server, copy, ['psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1'], {
      input: text,
    });
    assert.equal(psql.exitCode, 0, psql.stderr);
    const digest = `SELECT md5(string_agg(n::text, '' ORDER BY id)) FROM notes n`;
    assert.equal(await value(server, copy, digest), await value(server, database, digest));
  });

  test('lets only its owner read the file and its manifest', () => {
    for (const file of [name, `${name}.json`]) {
      assert.equal(statSync(join(project.backups, file)).mode & 0o777, 0o600, file);
    }
    assert.deepEqual(project.names(), [name, `${name}.json`]);
  });

  test('writes a manifest that is true', async () => {
    const manifest = project.manifest(name);
    const stored = readFileSync(join(project.backups, name));
    assert.equal(manifest.bytes, stored.length);
    assert.equal(manifest.sha256, createHash('sha256').update(stored).digest('hex'));
    assert.equal(manifest.rawBytes, Buffer.byteLength(project.text(name)));
    const version = (await value<string>(server, database, `SELECT current_setting('server_version')`)).split(
      ' ',
    )[0];
    const dump = await pgProgram(server, database, ['pg_dump', '--version']);
    assert.equal(manifest.serverVersion, version);
    assert.match(dump.stdout, new RegExp(` ${manifest.dumpVersion}\\b`));
    const { format, target, adapter, origin, label, leftOut, proof, git } = manifest;
    assert.deepEqual(
      { format, target, adapter, origin, leftOut, proof, git },
      {
        format: 1,
        target: 'local',
        adapter: 'local-hybrid',
        origin: 'manual',
        leftOut: [],
        proof: null,
        git: undefined,
      },
    );
    assert.equal(label, "before \x1b[31m the 'big' \n change é");
    assert.equal(manifest.database.name, database);
    assert.equal(manifest.database.encoding, 'UTF8');
    assert.equal(manifest.database.owner, server.user);
    assert.deepEqual(
      manifest.extensions.map(extension => extension.name),
      ['pg_trgm', 'plpgsql'],
    );
    assert.ok(manifest.roles.includes(reader));
    const [from, to] = [Date.parse(manifest.startedAt), Date.parse(manifest.finishedAt)];
    assert.ok(began <= from && from <= to && to <= Date.now());
  });

  test('shows a hostile label without letting it at the terminal', async () => {
    const listed = await project.run(['list']);
    assert.match(listed.stdout, /before \\u\{1b\}\[31m the 'big' \\n change é/);
    assert.equal(listed.stdout.trimEnd().split('\n').length, 2);
  });
});

test('--json prints one document with all that is known of each backup', async () => {
  const { folder, backups, run, manifest } = backupProject({
    env: { DATABASE_URL: connectionUrl(server, database) },
  });
  const made = await run(['--json', 'backup']);
  const document = JSON.parse(made.stdout);
  const { seconds, path, id } = document.backups[0];
  assert.match(id, /^\d{8}_\d{6}$/);
  assert.equal(path, join(folder, `backups/${database}_backup_${id}.sql.gz`));
  assert.ok(seconds > 0 && seconds < 600);
  const { bytes, rawBytes, sha256 } = manifest(path.slice(backups.length + 1));
  const expected = { target: 'local', path, id, bytes, rawBytes, sha256, seconds, proof: null };
  assert.deepEqual(document, { backups: [expected] });
});

test('--quiet prints the path and no talk', async () => {
  const made = await project.run(['--quiet', 'backup']);
  assert.match(made.stdout, /^\.\/backups\/.*\n$/);
  assert.equal(made.stderr, '');
});

test('--dry-run says what would be made and makes nothing, not even the folder', async () => {
  const { folder, run, names } = backupProject({
    env: { DATABASE_URL: connectionUrl(server, database), BACKUP_DIR: 'elsewhere' },
  });
  const planned = await run(['backup', '--dry-run']);
  assert.equal(planned.exitCode, 0, planned.stderr);
  assert.match(
    planned.stdout,
    new RegExp(`^would back up ${database} of PostgreSQL .* to \\./elsewhere/${database}_backup_`),
  );
  assert.deepEqual(names(), []);
  assert.equal(statSync(join(folder, 'elsewhere'), { throwIfNoEntry: false }), undefined);
});

test('--dry-run fails as the backup would when the database is not there', async () => {
  const planned = await project.run(['backup', '--dry-run'], {
    env: { DATABASE_URL: connectionUrl(server, 'no such database') },
  });
  assert.equal(planned.exitCode, 3);
  assert.match(planned.stderr, /database "no such database" does not exist/);
});

test('a missing backup folder is made, for its owner only', async () => {
  const { folder, run } = backupProject({
    env: { DATABASE_URL: connectionUrl(server, database), BACKUP_DIR: "new/fo lder's é" },
  });
  const made = await run(['backup']);
  assert.equal(made.exitCode, 0, made.stderr);
  assert.match(made.stdout, /^\.\/new\/fo lder's é\//);
  assert.equal(statSync(join(folder, "new/fo lder's é")).mode & 0o777, 0o700);
});

describe('with several targets', () => {
  const unreachable = 'postgresql://nobody@127.0.0.1:1/nothing';
  const config = (urls: Record<string, string>) => ({
    name: 'app',
    targets: Object.fromEntries(
      Object.entries(urls).map(([name, url]) => [name, { adapter: 'local-hybrid', url }]),
    ),
  });

  test('one that fails does not stop the others: exit code 10, and the document tells of each', async () => {
    const url = connectionUrl(server, database);
    const { run, dataNames, manifest } = backupProject({
      config: config({ a: url, broken: unreachable, c: url }),
    });
    const made = await run(['backup', '--all-targets', '--json']);
    assert.equal(made.exitCode, 10);
    const { backups } = JSON.parse(made.stdout);
    assert.deepEqual(
      backups.map(({ target, error }: { target: string; error?: { code: string; exitCode: number } }) => [
        target,
        error?.code,
        error?.exitCode,
      ]),
      [
        ['a', undefined, undefined],
        ['broken', 'unreachable', 3],
        ['c', undefined, undefined],
      ],
    );
    assert.match(made.stderr, /^warning: broken: PostgreSQL on 127.0.0.1:1 cannot be reached/m);
    assert.deepEqual(
      dataNames()
        .map(name => manifest(name).target)
        .sort(),
      ['a', 'c'],
    );
  });

  test('when all fail the exit code is the first one’s', async () => {
    const missing = connectionUrl(server, database, { password: 'wrong' });
    const { run, names } = backupProject({ config: config({ a: unreachable, b: missing }) });
    const made = await run(['backup', '--all-targets', '--json']);
    assert.equal(made.exitCode, 3);
    assert.equal(JSON.parse(made.stdout).backups.length, 2);
    assert.deepEqual(names(), []);
  });

  test('--target chooses, several times too', async () => {
    const url = connectionUrl(server, database);
    const { run, dataNames, manifest } = backupProject({ config: config({ a: url, b: url, c: url }) });
    const made = await run(['backup', '--target', 'c', '--target', 'a']);
    assert.equal(made.exitCode, 0, made.stderr);
    assert.equal(made.stdout.trim().split('\n').length, 2);
    assert.deepEqual(
      dataNames()
        .map(name => manifest(name).target)
        .sort(),
      ['a', 'c'],
    );
  });
});
