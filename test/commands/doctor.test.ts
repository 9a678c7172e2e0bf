import assert from 'node:assert/strict';
import { chmodSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { crc32 } from 'node:zlib';
import { execute } from '../stage/client.ts';
import { startContainer } from '../stage/containers.ts';
import { createDatabase, createRole } from '../stage/databases.ts';
import { openSession } from '../stage/open-session.ts';
import type { PgServer } from '../stage/part.ts';
import { hostServer } from '../stage/servers.ts';
import { containerTarget, hostTarget, type TargetProject, targetProject } from '../stage/target-project.ts';

interface Check {
  name: string;
  ok: boolean;
  warning: boolean;
  detail: string;
  hint: string | null;
}

interface Diagnosis {
  target: string;
  describe: string;
  ok: boolean;
  exitCode: number;
  checks: Check[];
}

const down = { adapter: 'local-hybrid', url: 'postgresql://nobody:s3cret@127.0.0.1:1/app' };

/** What doctor found of each target, its exit code, and that no secret is in what it said. */
async function examine(project: TargetProject, ...args: string[]) {
  const { stdout, stderr, exitCode } = await project.run(['doctor', '--json', ...args]);
  assert.doesNotMatch(stdout + stderr, /s3cret/);
  const { targets } = JSON.parse(stdout) as { targets: Diagnosis[] };
  const check = (name: string, of = 0) => targets[of]!.checks.filter(one => one.name === name);
  return { targets, exitCode, check };
}

/** Whatever stops a backup has to be found beforehand, and nothing else may be called a failure. */
async function agrees(project: TargetProject, ...args: string[]) {
  const found = await examine(project, ...args);
  const { exitCode } = await project.run(['backup', ...(args.length > 0 ? args : ['--all-targets'])]);
  assert.equal(found.exitCode, exitCode, JSON.stringify(found.targets, null, 1));
  return found;
}

describe('doctor', () => {
  let server: PgServer;
  before(async () => {
    server = await hostServer();
  });

  test('has a line for each thing that a backup, a proof or a restore needs, and changes nothing', async () => {
    const database = await createDatabase(server);
    await execute(server, database, 'CREATE TABLE t AS SELECT generate_series(1, 100) AS n');
    const project = targetProject({ local: hostTarget(server, database) });
    const none = await project.run(['doctor']);
    assert.equal(none.exitCode, 0, none.stdout + none.stderr);
    assert.match(none.stdout, /^ {2}WARN +newest backup +there is none\n +Make one: db-orchestrate backup/m);
    assert.deepEqual(readdirSync(project.folder), ['backup.config.json']);

    await project.must(['backup', '--verify']);
    await execute(server, database, 'DROP TABLE t');
    await project.must(['restore', 'latest', '--force']);
    chmodSync(join(project.folder, 'backup.config.json'), 0o600);
    const names = readdirSync(join(project.folder, 'backups'));
    const { stdout, stderr, exitCode } = await project.run(['doctor']);
    assert.equal(exitCode, 0, stdout + stderr);
    assert.equal(stderr, '');
    const [head, ...lines] = stdout.trimEnd().split('\n');
    assert.match(head!, /^local: .*127\.0\.0\.1/);
    for (const line of lines) assert.match(line, /^ {2}OK {6}\w/);
    for (const said of [
      /connection +127\.0\.0\.1:\d+/,
      /client programs +\d+\.\d+ in \//,
      /server +PostgreSQL [\d.]+ on .*; pg_dump [\d.]+ can dump it/,
      new RegExp(`database +${database}, .*, owner `),
      /reads all +role \w+ may read every table/,
      /row security/,
      /locks +pg_dump locks \d+ tables/,
      /lock +no other run/,
      /connections +\d+ are free/,
      /clock +.* agree/,
      /restore +by swap/,
      /extensions +.*plpgsql/,
      /database disk +.* free/,
      /scratch server +a temporary cluster of PostgreSQL/,
      /backup folder +.*backups is writable/,
      /backup disk +.* free; the newest backup takes/,
      /newest backup +\d{8}_\d{6}, .* ago/,
      /proof +the newest backup was proven .* ago/,
      /undo +the database that a restore replaced is kept since .* (B|KiB|MiB);.*prune --undo/,
      /config file +.*backup\.config\.json$/,
    ])
      assert.ok(
        lines.some(line => said.test(line)),
        `${said} in ${stdout}`,
      );
    assert.deepEqual(readdirSync(join(project.folder, 'backups')), names);
  });

  test('finds what a role may not read and what hides from it, and its hints mend it', async () => {
    const role = await createRole(server, 's3cret');
    const database = await createDatabase(server);
    await execute(
      server,
      database,
      `CREATE TABLE "se cret\u001b" AS SELECT 1 AS n; CREATE SEQUENCE counter; CREATE SCHEMA shut; CREATE TABLE shut.t (n int);
       GRANT SELECT ON shut.t TO ${role};
       CREATE TABLE mine (n int); ALTER TABLE mine ENABLE ROW LEVEL SECURITY; GRANT SELECT ON mine TO ${role}`,
    );
    const project = targetProject({
      local: hostTarget(server, database, { user: role, password: 's3cret' }),
    });
    const { check, exitCode, targets } = await agrees(project);
    assert.equal(exitCode, 5);
    assert.deepEqual([targets[0]!.ok, targets[0]!.exitCode], [false, 5]);
    const [reads] = check('reads all');
    assert.match(reads!.detail, /sequence public\.counter, table public\."se cret\x1b", table shut\.t$/);
    const [hides] = check('row security');
    assert.match(hides!.detail, /policies may hide rows from .*public\.mine/);
    const [way] = check('restore');
    assert.deepEqual([way!.ok, way!.warning], [true, true]);
    assert.match(way!.detail, /in place, not by swap/);
    assert.match(way!.hint!, new RegExp(`ALTER ROLE "${role}" CREATEDB;`));
    const partial = targetProject(
      { local: hostTarget(server, database, { user: role, password: 's3cret' }) },
      { exclude: { tables: ['public.se*', 'counter'], tableData: ['mine', 'shut.t'] } },
    );
    const nosy = targetProject(
      { local: hostTarget(server, await createDatabase(server), { user: role, password: 's3cret' }) },
      {
        globals: 'with-passwords',
        hooks: { afterBackup: ['no-such-program'], onFailure: ['sh', '-c', ':'] },
      },
    );
    const refused = await agrees(nosy);
    assert.equal(refused.exitCode, 5);
    assert.match(refused.check('globals')[0]!.detail, /permission denied/);
    assert.match(
      refused.check('hooks')[0]!.detail,
      /no such program to start: afterBackup: no-such-program$/,
    );
    const left = await agrees(partial);
    assert.match(left.check('reads all')[0]!.detail, /may not read table shut\.t$/);
    assert.equal(left.check('row security')[0]!.ok, true);
    const people = await project.run(['doctor']);
    assert.match(people.stdout, /"se cret\\u\{1b\}"/);

    for (const { hint } of [reads!, hides!, way!]) {
      const sql = /(?:GRANT|ALTER) .*;/.exec(hint!)![0];
      await execute(server, 'postgres', sql);
    }
    const mended = await agrees(project);
    assert.equal(mended.exitCode, 0);
    assert.match(mended.check('restore')[0]!.detail, /does not own database|by swap/);
  });

  test('goes on where a server is down, and of several targets says which', async () => {
    const database = await createDatabase(server);
    const project = targetProject({ local: hostTarget(server, database), away: down });
    const { targets, exitCode, check } = await agrees(project);
    assert.equal(exitCode, 10);
    assert.deepEqual(
      targets.map(({ target, ok, exitCode }) => [target, ok, exitCode]),
      [
        ['local', true, 0],
        ['away', false, 3],
      ],
    );
    assert.match(check('server', 1)[0]!.detail, /cannot be reached/);
    assert.match(check('backup folder', 1)[0]!.detail, /is writable|will be made/);
    for (const name of ['database', 'reads all', 'restore', 'clock']) assert.deepEqual(check(name, 1), []);
    assert.equal((await examine(project, '--target', 'local')).exitCode, 0);
    assert.equal((await agrees(project, '--target', 'away')).exitCode, 3);
    assert.equal((await project.run(['doctor', '--target', 'nowhere'])).exitCode, 2);
  });

  test('finds a missing database, a missing connection, and a lock that another run holds', async () => {
    const database = await createDatabase(server);
    const holder = openSession(server, 'postgres');
    await holder.execute(`SELECT pg_advisory_lock(${0x64626f64}, ${crc32(database) | 0})`);
    const project = targetProject({
      gone: hostTarget(server, `${database} gone`),
      unset: { adapter: 'local-hybrid' },
      used: hostTarget(server, database),
    });
    const gone = await agrees(project, '--target', 'gone');
    assert.equal(gone.exitCode, 3);
    assert.match(gone.check('database')[0]!.detail, /does not exist/);
    const unset = await agrees(project, '--target', 'unset');
    assert.equal(unset.exitCode, 2);
    assert.match(unset.check('connection')[0]!.hint!, /export DATABASE_URL=/);
    const used = await agrees(project, '--target', 'used');
    assert.equal(used.exitCode, 8);
    assert.match(used.check('lock')[0]!.detail, /another run works on database/);
  });

  test('finds a backup folder that cannot be used, and one that everybody can write in', async () => {
    const database = await createDatabase(server);
    const project = targetProject({
      file: { ...hostTarget(server, database), directory: 'backup.config.json' },
      open: { ...hostTarget(server, database), directory: '.' },
    });
    const file = await agrees(project, '--target', 'file');
    assert.equal(file.exitCode, 5);
    assert.match(file.check('backup folder')[0]!.detail, /backup\.config\.json is not a folder/);
    chmodSync(project.folder, 0o777);
    const open = await examine(project, '--target', 'open');
    assert.equal(open.exitCode, 0);
    assert.match(open.check('backup folder')[0]!.hint!, /^Close it: chmod o-w '.*'$/);
    assert.match(open.check('config file')[0]!.hint!, /^Close it: chmod 600 /);
    chmodSync(project.folder, 0o700);
  });

  test('looks at each database of a target that has several', async () => {
    const role = await createRole(server, 's3cret');
    const [open, shut] = [await createDatabase(server), await createDatabase(server)];
    await execute(server, shut, 'CREATE TABLE t (n int)');
    const { url, ...rest } = hostTarget(server, open, { user: role, password: 's3cret' });
    const project = targetProject({ both: { ...rest, url, databases: [open, shut] } });
    const { check, exitCode } = await agrees(project);
    assert.equal(exitCode, 10);
    const reads = check('reads all') as (Check & { database: string })[];
    assert.deepEqual(
      reads.map(({ database, ok }) => [database, ok]),
      [
        [open, true],
        [shut, false],
      ],
    );
    const { stdout } = await project.run(['doctor']);
    assert.match(
      stdout,
      new RegExp(`FAILED  reads all +${shut}: role .* may not read table public\\.t$`, 'm'),
    );
  });

  test('takes a damaged newest backup for what it is', async () => {
    const database = await createDatabase(server);
    const project = targetProject({ local: hostTarget(server, database) });
    await project.must(['backup']);
    writeFileSync(project.newest(), 'cut');
    const { check, exitCode } = await examine(project);
    assert.equal(exitCode, 0);
    assert.equal(check('newest backup')[0]!.warning, true);
    assert.match(check('newest backup')[0]!.detail, /it is not whole/);
    assert.match(check('proof')[0]!.hint!, /db-orchestrate verify latest --target local/);
    assert.equal(statSync(project.newest()).size, 3);
    rmSync(project.newest());
  });

  test('follows the way to a container, which says where it ends', async () => {
    const container = await startContainer();
    const project = targetProject({ docker: containerTarget(container) });
    const up = await agrees(project);
    assert.equal(up.exitCode, 0);
    assert.match(up.check('Docker engine')[0]!.detail, /^the Docker engine at unix:.*, version \d/);
    assert.match(up.check('container')[0]!.detail, new RegExp(`^${container.name} runs, of image `));
    assert.match(up.check('client programs')[0]!.detail, /^psql .*, pg_dump \(PostgreSQL\) \d/);
    assert.match(up.check('scratch server')[0]!.detail, /^a throwaway container of the image of /);

    await container.docker(['stop', '-t', '1', container.name]);
    const stopped = await agrees(project);
    assert.equal(stopped.exitCode, 3);
    assert.match(stopped.check('container')[0]!.hint!, new RegExp(`docker start ${container.name}$`));
    assert.equal(stopped.check('scratch server')[0]!.warning, false);
    assert.deepEqual(stopped.check('server'), []);

    await container.remove();
    const removed = await agrees(project);
    assert.equal(removed.exitCode, 3);
    assert.match(removed.check('container')[0]!.detail, /no container named/);
    assert.deepEqual(removed.check('scratch server'), [], 'what is missing is said once');
  });
});
