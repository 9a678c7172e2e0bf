import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { execute, pgDump, value } from './stage/client.ts';
import { type Container, startContainer } from './stage/containers.ts';
import { projectWithPackage } from './stage/installed-package.ts';
import type { PgServer } from './stage/part.ts';
import { linkPackages, shellEnv } from './stage/repository-copy.ts';
import { type ProgramResult, runProgram } from './stage/run-program.ts';

describe('the package, packed and installed,', () => {
  let project: string;
  let container: Container;
  let server: PgServer;
  before(async () => {
    project = await projectWithPackage({ 'package.json': '{"name": "app", "type": "module"}' });
    container = await startContainer({ publish: true });
    server = await container.server();
    await execute(server, 'appdb', 'CREATE TABLE t AS SELECT 0 AS n');
  });

  test('runs through npx without a configuration', async () => {
    const result = await runProgram(['npx', '--no-install', 'db-orchestrate', 'list', '--all-targets'], {
      cwd: project,
      env: shellEnv(),
    });
    assert.equal(result.exitCode, 0, result.stderr);
    assert.match(result.stderr, /no backups yet/);
  });

  test('has types for a backup.config.ts, which is loaded, and tells what is wrong in one', async () => {
    const config = (adapter: string) =>
      `import { defineConfig } from 'db-orchestrate';\nexport default defineConfig({ targets: { a: { adapter: '${adapter}', url: 'postgresql://h/d' } } });\n`;
    linkPackages(project, ['typescript', '@types/node', '@typescript', 'undici-types']);
    const tsc = async (adapter: string) => {
      writeFileSync(join(project, 'backup.config.ts'), config(adapter));
      const args = ['--noEmit', '--strict', '--module', 'nodenext', '--types', 'node', 'backup.config.ts'];
      return runProgram(['node', 'node_modules/typescript/bin/tsc', ...args], {
        cwd: project,
        env: shellEnv(),
      });
    };
    const wrong = await tsc('container');
    assert.notEqual(wrong.exitCode, 0);
    assert.match(wrong.stdout, /'?url'? does not exist|'container' is missing/);
    const right = await tsc('local-hybrid');
    assert.equal(right.stdout, '');
    const listed = await runProgram(['npx', '--no-install', 'db-orchestrate', 'list'], {
      cwd: project,
      env: shellEnv(),
    });
    assert.equal(listed.exitCode, 0, listed.stderr);
    rmSync(join(project, 'backup.config.ts'));
  });

  test('says which Node it needs when an older one starts it', async () => {
    const preload = join(project, 'other-node.cjs');
    writeFileSync(
      preload,
      `const versions = { ...process.versions, node: process.env.NODE_FAKED };
       Object.defineProperty(process, 'versions', { value: versions });`,
    );
    const bin = join(project, 'node_modules/.bin/db-orchestrate');
    const under = (version: string) =>
      runProgram([process.execPath, '--require', preload, bin, '--version'], {
        cwd: project,
        env: shellEnv({ NODE_FAKED: version }),
      });
    for (const version of ['18.20.0', '20.20.2', '22.17.1', '23.11.0']) {
      const { exitCode, stdout, stderr } = await under(version);
      assert.deepEqual([exitCode, stdout], [2, ''], version);
      assert.match(stderr, /needs Node\.js 22\.18 or later .*\nhint: .*npm install --save-dev node@24/);
    }
    for (const version of ['22.18.0', '24.0.0', '26.1.0']) assert.equal((await under(version)).exitCode, 0);
  });

  describe('replaces the old scripts:', () => {
    let env: NodeJS.ProcessEnv;
    const script = (name: string, ...args: string[]): Promise<ProgramResult> =>
      runProgram([`docker/${name}`, ...args], { cwd: project, env });
    const files = (folder: string) =>
      readdirSync(join(project, folder)).filter(name => name.endsWith('.sql.gz'));

    before(() => {
      cpSync(join(project, 'node_modules/db-orchestrate/docker'), join(project, 'docker'), {
        recursive: true,
      });
      const { name: DB_CONTAINER, user: POSTGRES_USER, database: POSTGRES_DB } = container;
      env = shellEnv({ DOCKER_HOST: container.engine.host, DB_CONTAINER, POSTGRES_USER, POSTGRES_DB });
    });

    test('backup.sh takes the same variables, and names files as it did', async () => {
      const { exitCode, stdout, stderr } = await script('backup.sh');
      assert.equal(exitCode, 0, stderr);
      assert.match(stdout, /^\.\/backups\/hnf1b_backup_\d{8}_\d{6}\.sql\.gz/);
    });

    test('restore.sh puts back what the old backup.sh wrote through a terminal', async () => {
      const old = (await pgDump(server, 'appdb', [])).toString().replaceAll('\n', '\r\n');
      const path = join(project, 'backups/hnf1b_backup_20200102_030405.sql.gz');
      writeFileSync(path, gzipSync(old));
      await execute(server, 'appdb', 'UPDATE t SET n = 47');
      assert.equal((await script('restore.sh', path)).exitCode, 9);
      assert.equal(await value(server, 'appdb', 'SELECT n FROM t'), 47);
      const { exitCode, stderr } = await script('restore.sh', path, '--force');
      assert.equal(exitCode, 0, stderr);
      assert.equal(await value(server, 'appdb', 'SELECT n FROM t'), 0);
    });

    test('restore.sh without a file says how to use it', async () => {
      const { exitCode, stderr } = await script('restore.sh');
      assert.equal(exitCode, 2);
      assert.equal(stderr, 'usage: docker/restore.sh FILE [--force]\n');
    });

    test('the variables may stand in .env.docker or docker/.env.docker, and only the newest 7 stay', async () => {
      const { DB_CONTAINER, POSTGRES_USER, POSTGRES_DB, ...rest } = env;
      env = rest;
      const lines = [`DB_CONTAINER=${DB_CONTAINER}`, `POSTGRES_USER='${POSTGRES_USER}'`, 'BACKUP_DIR=./old'];
      writeFileSync(join(project, '.env.docker'), `${lines.join('\n')}\n`);
      writeFileSync(join(project, 'docker/.env.docker'), `POSTGRES_DB=${POSTGRES_DB}\nBACKUP_DIR=./unused\n`);
      mkdirSync(join(project, 'old'));
      const dump = gzipSync(await pgDump(server, 'appdb', []));
      for (const day of [1, 2, 3, 4, 5, 6, 7, 8])
        writeFileSync(join(project, `old/hnf1b_backup_2020010${day}_000000.sql.gz`), dump);
      const { exitCode, stderr } = await script('backup.sh');
      assert.equal(exitCode, 0, stderr);
      const kept = files('old').sort();
      assert.equal(kept.length, 7);
      assert.equal(kept[0], 'hnf1b_backup_20200103_000000.sql.gz');
    });
  });
});
