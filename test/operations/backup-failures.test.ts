import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { OrchestrateError } from '../../src/errors.ts';
import { backup } from '../../src/operations/backup.ts';
import { afterFile } from '../stage/after-file.ts';
import { connectionUrl, execute, value } from '../stage/client.ts';
import { createDatabase, createRole } from '../stage/databases.ts';
import { freePort } from '../stage/free-port.ts';
import type { PgServer } from '../stage/part.ts';
import { projectFolder } from '../stage/project-folder.ts';
import { mustRun } from '../stage/run-program.ts';
import { hostServer } from '../stage/servers.ts';
import { waitUntil } from '../stage/wait-until.ts';
import { localTarget, testRun } from './backup-in-process.ts';
import { backupProject } from './backup-project.ts';
import { fakeClients } from './fake-clients.ts';

let server: PgServer;
let role: string;
let database: string;
let url: string;

before(async () => {
  server = await hostServer();
  role = await createRole(server, 'secret');
  database = await createDatabase(server);
  // About 4 MB of text that does not compress well.
  const rows = `SELECT n, md5(n::text) || md5(n::text || 'x') FROM generate_series(1, 60000) n`;
  await execute(server, database, `CREATE TABLE t (n, x) AS ${rows}`);
  url = connectionUrl(server, database);
});

/** Backs up beside an earlier backup; what fails must leave nothing but that. */
async function failure(
  url: string,
  { options = {}, directory }: { options?: object; directory?: string } = {},
): Promise<OrchestrateError> {
  const folder = projectFolder();
  const backups = directory ?? join(folder, 'backups');
  mkdirSync(backups, { recursive: true });
  const earlier = 'app_backup_20200101_000000.sql.gz';
  writeFileSync(join(backups, earlier), 'earlier');
  const run = testRun(folder);
  let error: unknown;
  await backup(localTarget(url, backups, options), {}, run).catch(reason => {
    error = reason;
  });
  assert.ok(error instanceof OrchestrateError, `${error}`);
  assert.deepEqual(readdirSync(backups), [earlier]);
  const left = `SELECT count(*) FROM pg_stat_activity WHERE application_name = 'db-orchestrate ${run.id}'`;
  // A backend notices a moment later that its client has ended.
  await waitUntil('no session is left', async () => (await value(server, 'postgres', left)) === 0);
  return error;
}

describe('a target that cannot be reached is told with exit code 3', () => {
  test('when the password is wrong', async () => {
    const { exitCode, message } = await failure(connectionUrl(server, database, { password: 'wr0ng' }));
    assert.equal(exitCode, 3);
    assert.match(message, /password authentication failed for user "postgres"/);
    assert.doesNotMatch(message, /wr0ng/);
  });

  test('when no server listens there', async () => {
    const { exitCode, message } = await failure(`postgresql://me@127.0.0.1:${await freePort()}/db`);
    assert.equal(exitCode, 3);
    assert.match(message, /Connection refused/);
  });

  test('when the database is missing', async () => {
    const { exitCode, message } = await failure(connectionUrl(server, 'no such one'));
    assert.equal(exitCode, 3);
    assert.match(message, /database "no such one" does not exist/);
  });
});

describe('a backup that fails is told with exit code 5, and leaves nothing', () => {
  const cases: [what: string, script: string, message: RegExp][] = [
    [
      'pg_dump is killed in the middle',
      '"$real" "$@" | head -c 100000; kill -KILL $$',
      /pg_dump was ended: /,
    ],
    [
      'pg_dump exits with 1 after all of its output',
      '"$real" "$@"; echo "the disk is on fire" >&2; exit 1',
      /pg_dump exited with 1: the disk is on fire/,
    ],
    [
      'pg_dump exits with 0 but its closing line is missing',
      '"$real" "$@" | head -c 300',
      /the dump ended without its closing line/,
    ],
    ['pg_dump exits with 0 and wrote nothing', 'exit 0', /the dump ended without its closing line/],
    [
      'the closing line is not the last one',
      '"$real" "$@"; echo "pg_dump: warning: more"',
      /the dump ended without its closing line/,
    ],
  ];
  for (const [what, script, expected] of cases) {
    test(`when ${what}`, async () => {
      const { exitCode, message } = await failure(url, {
        options: { binDirectory: fakeClients(server, script) },
      });
      assert.equal(exitCode, 5);
      assert.match(message, expected);
    });
  }

  test('when the role may not read everything', async () => {
    const { exitCode, message } = await failure(
      connectionUrl(server, database, { user: role, password: 'secret' }),
    );
    assert.equal(exitCode, 5);
    assert.match(message, /permission denied for table t/);
  });

  test('when the server ends pg_dump’s session', async () => {
    const script = `"$real" "$@" | { head -c 100000; PGDATABASE=postgres '${server.binDirectory}/psql' -qAt -o /dev/null -c "
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '$PGAPPNAME'
      AND query LIKE 'COPY%' AND datname = '${database}'"; cat; }; exit 1`;
    const { exitCode } = await failure(url, { options: { binDirectory: fakeClients(server, script) } });
    assert.equal(exitCode, 5);
  });

  test('when the disk is full', { skip: !isRoot() && 'only root can mount a small disk' }, async () => {
    const disk = await mounted('tmpfs', 'size=1m');
    const { exitCode, message } = await failure(url, { directory: disk });
    assert.equal(exitCode, 5);
    assert.match(message, /ENOSPC: no space left on device/);
  });

  test('when the folder is on a read-only disk', { skip: !isRoot() && 'only root can mount' }, async () => {
    const disk = await mounted('tmpfs', 'size=1m');
    const earlier = 'app_backup_20200101_000000.sql.gz';
    writeFileSync(join(disk, earlier), 'earlier');
    await mustRun(['mount', '-o', 'remount,ro', disk]);
    const run = testRun(disk);
    await assert.rejects(backup(localTarget(url, disk), {}, run), { exitCode: 5, message: /EROFS/ });
    assert.deepEqual(readdirSync(disk), [earlier]);
  });

  test('when the folder is a file', async () => {
    const folder = projectFolder({ backups: '' });
    await assert.rejects(backup(localTarget(url, join(folder, 'backups')), {}, testRun(folder)), {
      exitCode: 5,
      message: /EEXIST|ENOTDIR/,
    });
  });

  test('when the file-size limit is reached', {
    skip: process.platform !== 'linux' && 'no prlimit',
  }, async () => {
    const { folder, names } = backupProject({});
    const main = join(import.meta.dirname, '../../src/main.ts');
    const { PATH, HOME, DBO_STAGE } = process.env;
    const env = { PATH, HOME, DBO_STAGE, DATABASE_URL: url };
    const { runProgram } = await import('../stage/run-program.ts');
    const limited = ['prlimit', '--fsize=200000', process.execPath, main, 'backup'];
    const { exitCode, stderr } = await runProgram(limited, { cwd: folder, env });
    assert.equal(exitCode, 5);
    assert.match(stderr, /^error: the backup failed: EFBIG: file too large/m);
    assert.deepEqual(names(), []);
  });
});

function isRoot(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0;
}

async function mounted(type: string, options: string): Promise<string> {
  const folder = join(projectFolder(), 'disk');
  mkdirSync(folder);
  await mustRun(['mount', '-t', type, '-o', options, type, folder]);
  afterFile(async () => void (await mustRun(['umount', folder])));
  return folder;
}
