import assert from 'node:assert/strict';
import { mkdirSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { afterFile } from '../stage/after-file.ts';
import { execute, pgDump, rows } from '../stage/client.ts';
import { startContainer } from '../stage/containers.ts';
import { createDatabase, createRole, uniqueName } from '../stage/databases.ts';
import { findProgram, installPackages } from '../stage/debian-packages.ts';
import { hostPrograms } from '../stage/host-programs.ts';
import type { PgServer } from '../stage/part.ts';
import { mustRun } from '../stage/run-program.ts';
import { serverUser } from '../stage/server-user.ts';
import { hostServer, privateServer } from '../stage/servers.ts';
import { stageFolder } from '../stage/stage.ts';
import { containerTarget, hostTarget, type TargetProject, targetProject } from '../stage/target-project.ts';

const mounts = process.platform === 'linux' && process.getuid?.() === 0;
const debian = mounts && findProgram('apt-get') !== undefined;
const mib = 1024 * 1024;
const megabyteOfText = "CREATE TABLE t AS SELECT repeat('x', 1000) FROM generate_series(1, 1000)";

/** A tablespace, dropped after the file; without a folder it is in the server's own. */
async function createTablespace(server: PgServer, folder = ''): Promise<string> {
  const name = uniqueName('space');
  const make = `CREATE TABLESPACE ${name} LOCATION '${folder}'`;
  await execute(server, 'postgres', `SET allow_in_place_tablespaces = on;\n${make};`);
  afterFile(async () => void (await execute(server, 'postgres', `DROP TABLESPACE IF EXISTS ${name}`)));
  return name;
}

test('a disk that is too full refuses a restore before anything is made, and one that may be too full is told', {
  skip: mounts ? false : 'only root mounts a small disk',
}, async () => {
  const server = await privateServer();
  const folder = join(await stageFolder(), uniqueName('disk'));
  const { uid, gid } = await serverUser();
  mkdirSync(folder);
  const options = `size=30m,mode=700,uid=${uid},gid=${gid}`;
  await mustRun(['mount', '-t', 'tmpfs', '-o', options, 'tmpfs', folder]);
  afterFile(() => mustRun(['umount', '-l', folder]));
  const tablespace = await createTablespace(server, folder);
  const database = await createDatabase(server, { options: `TABLESPACE ${tablespace}` });
  await execute(server, database, `${megabyteOfText}; CHECKPOINT`);
  const project = targetProject({ local: hostTarget(server, database) });
  await project.must(['backup']);
  const free = () => statfsSync(folder).bavail * statfsSync(folder).bsize;
  const leave = (bytes: number) => {
    writeFileSync(join(folder, 'other'), '');
    writeFileSync(join(folder, 'other'), Buffer.alloc(free() - bytes));
  };

  const roomy = await project.run(['restore', 'latest', '--dry-run']);
  assert.equal(roomy.exitCode, 0, roomy.stderr);
  assert.doesNotMatch(roomy.stderr, /free/);
  leave(9.5 * mib);
  const tight = await project.run(['restore', 'latest', '--dry-run']);
  assert.equal(tight.exitCode, 0, tight.stderr);
  assert.match(tight.stderr, /has 9\.\d+ MiB free, .* may not be enough/);
  leave(3 * mib);
  const full = await project.run(['restore', 'latest', '--force']);
  assert.equal(full.exitCode, 6, full.stderr);
  assert.match(full.stderr, /has [23](\.\d+)? MiB free, and the restore needs at least/);
  assert.match(full.stderr, /hint: .*prune --undo/);
  const inPlace = ['restore', 'latest', '--mode', 'in-place', '--dry-run'];
  assert.equal((await project.run(inPlace)).exitCode, 0, 'in place no second database is made');
  leave(0.5 * mib);
  assert.equal((await project.run(inPlace)).exitCode, 6);
});

test('the disk of a container is looked at inside it', async () => {
  const container = await startContainer({
    args: ['--tmpfs', '/var/lib/postgresql/data:size=150m'],
    settings: { max_wal_size: '64MB' },
  });
  const project = targetProject({ local: containerTarget(container) });
  await project.must(['backup']);
  assert.equal((await project.run(['restore', 'latest', '--dry-run'])).exitCode, 0);
  const fill = 'dd if=/dev/zero of=/var/lib/postgresql/data/other bs=1M; true';
  await container.exec(['sh', '-c', fill]);
  const full = await project.run(['restore', 'latest', '--force']);
  assert.equal(full.exitCode, 6, full.stderr);
  assert.match(full.stderr, /the disk of the database has 0 B free/);
});

const where = `SELECT relname, coalesce(spcname, 'default') AS space
  FROM pg_class c LEFT JOIN pg_tablespace s ON s.oid = reltablespace WHERE relname LIKE 't_' ORDER BY 1`;

for (const mode of ['swap', 'in-place']) {
  test(`what was in a tablespace that is not there goes to the default one by ${mode}, and all else where it was`, async () => {
    const server = await hostServer();
    const [here, gone] = [await createTablespace(server), await createTablespace(server)];
    const database = await createDatabase(server);
    await execute(
      server,
      database,
      `CREATE TABLE t1 (n int) TABLESPACE ${here}; CREATE TABLE t2 (n int) TABLESPACE ${gone};
       CREATE TABLE t3 (n int); CREATE TABLE t4 (n int) TABLESPACE ${here}; CREATE INDEX t5 ON t1 (n) TABLESPACE ${gone}`,
    );
    const project = targetProject({ local: hostTarget(server, database) });
    await project.must(['backup']);
    await execute(
      server,
      database,
      `ALTER TABLE t2 SET TABLESPACE pg_default; ALTER INDEX t5 SET TABLESPACE ${here}`,
    );
    await execute(server, 'postgres', `DROP TABLESPACE ${gone}`);
    const result = await project.run(['restore', 'latest', '--mode', mode, '--force']);
    assert.equal(result.exitCode, 0, result.stderr);
    assert.match(result.stderr, new RegExp(`no tablespace ${gone} here; .*CREATE TABLESPACE "${gone}"`));
    const spaces = (await rows<{ space: string }>(server, database, where)).map(({ space }) => space);
    assert.deepEqual(spaces, [here, 'default', 'default', here, 'default']);
  });
}

test('a tablespace that the role may not use is left out the same way', async () => {
  const server = await hostServer();
  const tablespace = await createTablespace(server);
  const user = await createRole(server, 'secret', 'CREATEDB');
  const database = await createDatabase(server, { options: `OWNER ${user}` });
  await execute(
    server,
    database,
    `CREATE TABLE t1 (n int) TABLESPACE ${tablespace}; ALTER TABLE t1 OWNER TO ${user}`,
  );
  const project = targetProject({ local: hostTarget(server, database, { user, password: 'secret' }) });
  await project.must(['backup']);
  const result = await project.run(['restore', 'latest', '--force']);
  assert.equal(result.exitCode, 0, result.stderr);
  assert.match(result.stderr, new RegExp(`may not use tablespace ${tablespace}; .*GRANT CREATE`));
  assert.deepEqual(await rows(server, database, where), [{ relname: 't1', space: 'default' }]);
});

test('an extension that only a superuser may create is named before anything is touched, unless it stays', async () => {
  const server = await hostServer();
  const user = await createRole(server, 'secret', 'CREATEDB');
  const database = await createDatabase(server, { options: `OWNER ${user}` });
  await execute(server, database, 'CREATE EXTENSION pageinspect; CREATE EXTENSION hstore');
  const project = targetProject({ local: hostTarget(server, database, { user, password: 'secret' }) });
  await project.must(['backup']);
  const refused = await project.run(['restore', 'latest', '--force']);
  assert.equal(refused.exitCode, 6, refused.stderr);
  assert.match(refused.stderr, /only a superuser may create extensions .*: pageinspect$/m);
  assert.match(refused.stderr, /hint: Restore as a superuser/);
  await project.must(['restore', 'latest', '--mode', 'in-place', '--force']);
});

describe('a backup that needs pg_cron', {
  skip: debian ? false : 'its package is only looked for in Debian',
}, () => {
  let server: PgServer;
  let project: TargetProject;

  before(async () => {
    const { major } = await hostPrograms();
    await installPackages([`postgresql-${major}-cron`], 'A server with pg_cron');
    server = await privateServer({ shared_preload_libraries: 'pg_cron', 'cron.database_name': 'jobs' });
    await execute(
      server,
      'postgres',
      'CREATE DATABASE jobs;\n\\connect jobs\nCREATE EXTENSION pg_cron; CREATE TABLE t AS SELECT 1 AS n',
    );
    await execute(server, 'jobs', "SELECT cron.schedule('nightly', '0 3 * * *', 'VACUUM')");
    project = targetProject({ local: hostTarget(server, 'jobs') });
    await project.must(['backup']);
  });

  test('is restored in place of itself, with its jobs, and undone', async () => {
    await execute(
      server,
      'jobs',
      "SELECT cron.unschedule('nightly'); SELECT cron.schedule('later', '0 4 * * *', 'SELECT 1')",
    );
    const result = await project.run(['restore', 'latest', '--force']);
    assert.equal(result.exitCode, 0, result.stderr);
    assert.match(
      result.stderr,
      /pg_cron can only be in one database of a server: the restore is made in place/,
    );
    const jobs = 'SELECT jobname, schedule FROM cron.job';
    assert.deepEqual(await rows(server, 'jobs', jobs), [{ jobname: 'nightly', schedule: '0 3 * * *' }]);
    assert.notEqual(await execute(server, 'jobs', "SELECT cron.schedule('x', '0 5 * * *', 'SELECT 1')"), '');
    await project.must(['undo', '--force']);
    assert.deepEqual(await rows(server, 'jobs', jobs), [{ jobname: 'later', schedule: '0 4 * * *' }]);
  });

  test('is refused as a swap, into a database of another name, and into one that is gone', async () => {
    const refused = async (args: string[], what: RegExp, hint: RegExp) => {
      const result = await project.run(['restore', ...args, '--force']);
      assert.equal(result.exitCode, 6, result.stderr);
      assert.match(result.stderr, what);
      assert.match(result.stderr, hint);
    };
    await refused(['latest', '--mode', 'swap'], /beside the live one/, /Leave out --mode swap/);
    await refused(
      ['latest', '--into', 'other'],
      /can only be in database jobs/,
      /cron\.database_name = 'other'/,
    );
    await execute(server, 'postgres', 'DROP DATABASE IF EXISTS jobs WITH (FORCE)');
    await refused(['latest'], /before that has its name/, /CREATE DATABASE "jobs"/);
    await execute(server, 'postgres', 'CREATE DATABASE jobs');
    await project.must(['restore', 'latest', '--force']);
  });
});

test("TimescaleDB's own steps stand around the load, in the version of the backup; else it is refused", async () => {
  const container = await startContainer();
  const folder = `/usr/share/postgresql/${container.image.major}/extension`;
  // A stand-in, since Debian has none: it tells when it was called.
  const script = `
    CREATE TABLE public.calls (step text, loaded boolean);
    CREATE FUNCTION timescaledb_pre_restore() RETURNS void LANGUAGE sql AS
      $$ INSERT INTO public.calls VALUES ('pre', to_regclass('public.t') IS NOT NULL) $$;
    CREATE FUNCTION timescaledb_post_restore() RETURNS void LANGUAGE sql AS
      $$ INSERT INTO public.calls VALUES ('post', to_regclass('public.t') IS NOT NULL) $$;
    CREATE SCHEMA _timescaledb_functions;
    CREATE FUNCTION _timescaledb_functions.start_background_workers() RETURNS void LANGUAGE sql AS
      $$ INSERT INTO public.calls VALUES ('jobs of ' || current_database(), true) $$;`;
  const files = {
    'timescaledb.control': "default_version = '2.0'",
    'timescaledb--1.0.sql': script,
    'timescaledb--2.0.sql': script,
  };
  for (const [name, input] of Object.entries(files))
    await container.exec(['sh', '-c', `cat > ${folder}/${name}`], { input });
  const psql = (sql: string) => container.exec(['psql', '-XAtU', 'app', '-d', 'appdb', '-c', sql]);
  await psql("CREATE EXTENSION timescaledb VERSION '1.0'; CREATE TABLE t AS SELECT 1 AS n");
  const project = targetProject({ local: containerTarget(container) });
  await project.must(['backup']);
  await project.must(['restore', 'latest', '--force']);
  const asked = await psql(
    'SELECT step, loaded, extversion FROM calls, pg_extension WHERE extname = $$timescaledb$$',
  );
  assert.equal(asked.stdout, 'pre|f|1.0\npost|t|1.0\njobs of appdb|t|1.0\n', asked.stderr);
  await project.must(['undo', '--force']);
  assert.equal((await psql('SELECT step FROM calls')).stdout, 'jobs of appdb\n');

  const inPlace = await project.run(['restore', 'latest', '--mode', 'in-place', '--force']);
  assert.equal(inPlace.exitCode, 6);
  assert.match(inPlace.stderr, /TimescaleDB, which cannot be restored in place/);
  await container.exec(['rm', `${folder}/timescaledb--1.0.sql`]);
  const newer = await project.run(['restore', 'latest', '--force']);
  assert.equal(newer.exitCode, 6);
  assert.match(newer.stderr, /needs version 1\.0 of TimescaleDB, which the server does not have/);
});

test('functions in a language that is not in the backup, or is not for this role, are named before anything is touched', async () => {
  const server = await hostServer();
  const user = await createRole(server, 'secret', 'CREATEDB');
  const database = await createDatabase(server, { options: `OWNER ${user}` });
  const inC =
    "CREATE FUNCTION f(text) RETURNS text LANGUAGE internal AS 'upper'; CREATE FUNCTION g() RETURNS int LANGUAGE sql AS 'SELECT 1'";
  await execute(server, database, inC);
  const project = targetProject({
    local: hostTarget(server, database),
    owner: hostTarget(server, database, { user, password: 'secret' }),
  });
  const text = (await pgDump(server, database, ['-O', '-x'])).toString();
  writeFileSync(join(project.folder, 'internal.sql'), text);
  writeFileSync(join(project.folder, 'other.sql'), text.replace('LANGUAGE internal', 'LANGUAGE plsomething'));
  const refused = await project.run(['restore', './other.sql', '--target', 'local', '--force']);
  assert.equal(refused.exitCode, 6);
  assert.match(refused.stderr, /functions in languages that it does not bring: plsomething$/m);
  const asOwner = await project.run(['restore', './internal.sql', '--target', 'owner', '--force']);
  assert.equal(asOwner.exitCode, 6);
  assert.match(asOwner.stderr, /only a superuser may create functions .* internal$/m);
  await project.must(['restore', './internal.sql', '--target', 'local', '--force']);
});
