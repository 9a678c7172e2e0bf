import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { connectionUrl, execute, value } from './stage/client.ts';
import { type Container, startContainer } from './stage/containers.ts';
import { createDatabase } from './stage/databases.ts';
import type { PgServer } from './stage/part.ts';
import { repositoryCopy, shellEnv } from './stage/repository-copy.ts';
import { type ProgramResult, runProgram } from './stage/run-program.ts';
import { hostServer } from './stage/servers.ts';

describe('make', () => {
  let folder: string;
  let server: PgServer;
  let database: string;
  let container: Container;
  const backups = () => readdirSync(join(folder, 'backups')).filter(name => name.endsWith('.sql.gz'));

  before(async () => {
    folder = await repositoryCopy();
    server = await hostServer();
    database = await createDatabase(server);
    await execute(server, database, 'CREATE TABLE t AS SELECT 1 AS n');
    container = await startContainer({
      env: { POSTGRES_USER: 'hnf1b_user', POSTGRES_DB: 'hnf1b_phenopackets' },
    });
    const config = join(folder, 'backup.config.ts');
    writeFileSync(config, readFileSync(config, 'utf8').replaceAll('hnf1b_db', container.name));
  });

  function make(...args: string[]): Promise<ProgramResult> {
    const env = { DATABASE_URL: connectionUrl(server, database), DOCKER_HOST: container.engine.host };
    return runProgram(['make', ...args], { cwd: folder, env: shellEnv(env) });
  }

  test('help, and make alone, name every target', async () => {
    const help = await make('help');
    assert.equal(help.exitCode, 0);
    for (const target of ['help', 'db-backup', 'db-restore', 'db-backup-list', 'demo', 'test', 'bench'])
      assert.match(help.stdout, new RegExp(`^  make ${target} +\\w`, 'm'));
    assert.equal((await make()).stdout, help.stdout);
  });

  test('db-backup backs up the database of DATABASE_URL, with TARGET=docker the one in the container', async () => {
    const local = await make('db-backup');
    assert.equal(local.exitCode, 0, local.stderr);
    assert.match(local.stdout, /^\.\/backups\/hnf1b_backup_\d{8}_\d{6}\.sql\.gz {2}\d+ B\n$/);
    const docker = await make('db-backup', 'TARGET=docker');
    assert.equal(docker.exitCode, 0, docker.stderr);
    assert.equal(backups().length, 2);
  });

  test('db-backup-list shows the backups of both', async () => {
    const { stdout, exitCode } = await make('db-backup-list');
    assert.equal(exitCode, 0);
    assert.match(stdout, / local /);
    assert.match(stdout, / docker /);
  });

  test('db-restore puts FILE back, and asks unless FORCE=1', async () => {
    const file = join('backups', backups().sort()[0]!);
    await execute(server, database, 'UPDATE t SET n = 2');
    const asked = await make('db-restore', `FILE=${file}`);
    assert.equal(asked.exitCode, 2);
    assert.match(asked.stderr, /a confirmation is needed/);
    const forced = await make('db-restore', `FILE=${file}`, 'FORCE=1');
    assert.equal(forced.exitCode, 0, forced.stderr);
    assert.equal(await value(server, database, 'SELECT n FROM t'), 1);
  });

  test('db-verify proves FILE, and without FILE says how to use it', async () => {
    const proved = await make('db-verify', `FILE=${join('backups', backups().sort()[0]!)}`);
    assert.equal(proved.exitCode, 0, proved.stderr);
    assert.match(proved.stdout, /proven: restored to PostgreSQL/);
    const none = await make('db-verify');
    assert.equal(none.exitCode, 2);
    assert.match(none.stderr, /^usage: make db-verify FILE=backups\/NAME\.sql\.gz \[TARGET=docker\]$/m);
  });

  test('db-restore without FILE says how to use it, in one line, and fails', async () => {
    for (const args of [[], ['FILE=']]) {
      const { exitCode, stdout, stderr } = await make('db-restore', ...args);
      assert.equal(exitCode, 2);
      assert.equal(stdout, '');
      const lines = stderr.split('\n').filter(line => line && !line.startsWith('make: ***'));
      assert.deepEqual(lines, ['usage: make db-restore FILE=backups/NAME.sql.gz [TARGET=docker] [FORCE=1]']);
    }
  });

  test('runs nothing that stands in FILE or TARGET, and reads a file of any name', async () => {
    const hostile = `a b'"$(touch hacked)\`touch hacked\`;touch hacked;$(shell touch hacked) $$HOME é.sql.gz`;
    copyFileSync(join(folder, 'backups', backups().sort()[0]!), join(folder, hostile));
    const restored = await make('db-restore', `FILE=./${hostile}`, 'FORCE=1', 'TARGET=local');
    assert.equal(restored.exitCode, 0, restored.stderr);
    const wrong = await make('db-backup', `TARGET=${hostile}`);
    assert.equal(wrong.exitCode, 2);
    assert.match(wrong.stderr, /unknown target/);
    assert.equal(existsSync(join(folder, 'hacked')), false);
  });

  test('demo shows that a damaged database comes back', async () => {
    const { exitCode, stdout, stderr } = await make('demo');
    assert.equal(exitCode, 0, stdout + stderr);
    assert.match(stdout, /They are back/);
  });
});
