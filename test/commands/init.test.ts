import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { before, describe, test } from 'node:test';
import { configPlaceIn } from '../../src/config/find-config.ts';
import { cleanEnv, runCli } from '../stage/cli.ts';
import { startContainer } from '../stage/containers.ts';
import { uniqueName } from '../stage/databases.ts';
import { projectFolder } from '../stage/project-folder.ts';
import { mustRun, runProgram } from '../stage/run-program.ts';
import { startOnTerminal } from './terminal.ts';

const repository = resolve(import.meta.dirname, '../..');

/** An application with all that init looks at, and with names that mean to do harm. */
const application = {
  'package.json': '{"name": "@acme/web-shop"}',
  '.env': 'DATABASE_URL=postgresql+asyncpg://u:s3cret@127.0.0.1:1/shop\nPOSTGRES_PASSWORD=s3cret\n',
  '.env.docker': 'DB_CONTAINER=shop_db\nPOSTGRES_USER=shop_user\nPOSTGRES_DB=shop\n',
  'docker/compose.yml': `
x-base: &base { restart: always }
services:
  db: { <<: *base, image: "postgres:16", container_name: shop_db }
  "it's\\u2028} \\u009b": { image: pgvector/pgvector }
  reports: { build: ., healthcheck: { test: [CMD, pg_isready] } }
  app: { image: acme/app, environment: { POSTGRES_PASSWORD: s3cret } }
  api: { image: postgrest/postgrest }
`,
};

/** On a machine without an engine. */
async function init(folder: string, ...args: string[]) {
  return runCli(['init', ...args], { cwd: folder, env: { DOCKER_HOST: 'unix:///nowhere/docker.sock' } });
}

const fileOf = (folder: string) => readFileSync(join(folder, 'backup.config.ts'), 'utf8');

describe('init', () => {
  let folder: string;
  before(() => {
    folder = projectFolder(application);
  });

  test('without a terminal prints what it would write, and writes nothing', async () => {
    const names = readdirSync(folder);
    const { stdout, stderr, exitCode } = await init(folder);
    assert.equal(exitCode, 9);
    assert.match(stdout, /^\.\/backup\.config\.ts:\n\nimport \{ defineConfig \} from 'db-orchestrate';\n/);
    assert.match(stderr, /hint: Write what is shown with: db-orchestrate init --yes\n$/);
    assert.doesNotMatch(stdout, /\u2028|\u009b/);
    const json = await init(folder, '--json');
    assert.equal(json.exitCode, 9);
    const { files, error } = JSON.parse(json.stdout);
    assert.equal(error.code, 'refused');
    assert.ok(stdout.endsWith(files[0].text));
    assert.deepEqual(readdirSync(folder), names);
  });

  test('writes a file that loads, that TypeScript accepts, and that holds no password', async () => {
    const { stderr, exitCode } = await init(folder, '--yes');
    assert.equal(exitCode, 0, stderr);
    const text = fileOf(folder);
    assert.doesNotMatch(text, /s3cret/);
    assert.match(text, /name: 'web-shop'/);
    const { stdout } = await runCli(['targets', '--json'], { cwd: folder });
    const targets = JSON.parse(stdout).targets.map(
      ({ target, adapter, where }: Record<string, string>) => `${target} ${adapter} ${where}`,
    );
    assert.deepEqual(targets, [
      'local local-hybrid 127.0.0.1:1',
      'docker container container shop_db',
      'it-s------- container container of compose service "it\'s\\u2028} \\u009b"',
      'reports container container of compose service reports',
    ]);
    const options = { noEmit: true, strict: true, skipLibCheck: true, allowImportingTsExtensions: true };
    const paths = { 'db-orchestrate': [join(repository, 'src/index.ts')] };
    const node = { types: ['node'], typeRoots: [join(repository, 'node_modules/@types')] };
    const lib = ['ES2024', 'ESNext.Disposable'];
    const modules = { module: 'NodeNext', target: 'ES2023', lib, exactOptionalPropertyTypes: true };
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: { ...options, ...modules, ...node, paths },
        files: ['backup.config.ts'],
      }),
    );
    await mustRun([join(repository, 'node_modules/.bin/tsc'), '-p', '.'], {
      cwd: folder,
      env: { ...cleanEnv() },
    });
  });

  test('never touches a configuration that is there, whatever it is called', async () => {
    const text = fileOf(folder);
    const again = await init(folder, '--yes');
    assert.equal(again.exitCode, 2);
    assert.match(again.stderr, /there is a configuration already: .*backup\.config\.ts\n/);
    assert.equal(fileOf(folder), text);
    for (const name of ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs', 'json', 'yaml', 'yml']) {
      const other = projectFolder({ [`backup.config.${name}`]: '' });
      assert.equal(await configPlaceIn(other), join(other, `backup.config.${name}`));
    }
    const manifest = projectFolder({ 'package.json': '{"backup": {"targets": {}}}' });
    assert.equal((await init(manifest, '--yes')).exitCode, 2);
    assert.equal(
      await configPlaceIn(projectFolder({ 'package.json': '{"scripts": {"backup": "x"}}' })),
      undefined,
    );
    const inner = join(folder, 'inner');
    mkdirSync(inner);
    const nearer = await init(inner, '--yes');
    assert.equal(nearer.exitCode, 0);
    assert.match(nearer.stderr, /until now .*backup\.config\.ts counts here, too/);
  });

  test('shows it first on a terminal, and asks', async () => {
    const asked = projectFolder({ '.env': 'DB_CONTAINER=shop_db\n' });
    const no = startOnTerminal(['init'], asked);
    await no.shows("container: 'shop_db'");
    await no.shows('Write it? [y/N]');
    no.type('n\n');
    assert.equal((await no.finished).exitCode, 9);
    assert.deepEqual(readdirSync(asked), ['.env']);
    const yes = startOnTerminal(['init'], asked);
    await yes.shows('Write it? [y/N]');
    yes.type('y\n');
    assert.equal((await yes.finished).exitCode, 0);
    assert.match(fileOf(asked), /defaultTarget: 'docker'/);
  });

  test('keeps the prefix of the backups that are there, and says where a variable has to be', async () => {
    const other = projectFolder({
      'backups/hnf1b_backup_20260102_030405.sql.gz': 'x',
      'package.json': '{"name": "other"}',
      '.env': 'PGHOST=127.0.0.1\nPGPORT=1\nPGDATABASE=it is\nPGPASSWORD=s3cret\n',
      'compose.yaml': 'services: [unfinished',
    });
    const { stderr, exitCode } = await init(other, '--yes');
    assert.equal(exitCode, 0, stderr);
    assert.match(stderr, /warning: compose\.yaml was passed over/);
    assert.match(fileOf(other), /name: 'hnf1b'/);
    const listed = await runCli(['list', '--json'], { cwd: other });
    assert.equal(JSON.parse(listed.stdout).backups[0].target, 'local');
    const reached = await runCli(['targets', '--json'], { cwd: other });
    assert.equal(JSON.parse(reached.stdout).targets[0].where, '127.0.0.1:1');
    assert.doesNotMatch(fileOf(other), /s3cret/);

    const hidden = projectFolder({ '.env.docker': 'DATABASE_URL=postgresql://u@127.0.0.1:1/x\n' });
    assert.equal((await init(hidden, '--yes')).exitCode, 0);
    assert.match(fileOf(hidden), /\/\/ DATABASE_URL: have it in \.env too/);
    const foreign = projectFolder({ '.env': 'DATABASE_URL=mysql://u@127.0.0.1:1/x\n' });
    assert.match((await init(foreign, '--yes')).stderr, /DATABASE_URL was passed over/);
    assert.match(fileOf(foreign), /\/\/ Nothing was found/);
  });

  test('proposes containers that run here, unless the project names some, and none twice', async () => {
    const name = uniqueName('shop');
    const labels = ['--label', `db-orchestrate.name=${name}`, '--label', 'db-orchestrate.databases=all'];
    const container = await startContainer({ args: labels });
    const env = { DOCKER_HOST: container.engine.host };
    const line = `${name}: { adapter: 'container', container: '${container.name}', databases: 'all' },`;

    const empty = projectFolder();
    const alone = await runCli(['init', '--yes'], { cwd: empty, env });
    assert.equal(alone.exitCode, 0, alone.stderr);
    assert.ok(fileOf(empty).includes(`\n    ${line}\n`), fileOf(empty));
    const { stdout } = await runCli(['targets', '--json'], { cwd: empty, env });
    const targets: { target: string; reachable: boolean }[] = JSON.parse(stdout).targets;
    assert.equal(targets.find(({ target }) => target === name)?.reachable, true);

    const beside = projectFolder({ '.env': 'DATABASE_URL=postgresql://u@127.0.0.1:1/x\n' });
    await runCli(['init', '--yes'], { cwd: beside, env });
    assert.ok(fileOf(beside).includes(`\n    // ${line}\n`), fileOf(beside));
    const named = projectFolder({ '.env': `DB_CONTAINER=${container.name}\n` });
    await runCli(['init', '--yes'], { cwd: named, env });
    assert.equal(fileOf(named).split(container.name).length, 2);
  });

  test('adds to the Makefile the targets that it does not have, which work', async () => {
    const made = projectFolder({
      Makefile: 'all other:\n\t@echo all\ndb-verify db-x: all\n\t@echo mine',
      'backups/old_backup_20260102_030405.sql.gz': 'x',
      'node_modules/.bin/db-orchestrate': `#!/bin/sh\nexec "${process.execPath}" "${resolve(repository, 'src/main.ts')}" "$@"\n`,
    });
    chmodSync(join(made, 'node_modules/.bin/db-orchestrate'), 0o755);
    assert.equal((await init(made, '--yes', '--makefile')).exitCode, 0);
    const make = (...args: string[]) => runProgram(['make', ...args], { cwd: made, env: cleanEnv() });
    assert.equal((await make()).stdout, 'all\n');
    assert.equal((await make('db-verify')).stdout, 'all\nmine\n');
    const listed = await make('db-backup-list');
    assert.match(listed.stdout, /old_backup_20260102_030405\.sql\.gz/, listed.stderr);
    const none = await make('db-restore');
    assert.equal(none.exitCode, 2);
    assert.match(
      none.stderr,
      /^usage: make db-restore FILE=backups\/NAME\.sql\.gz \[TARGET=docker\] \[FORCE=1\]\n/,
    );
    const hostile = await make('db-restore', 'FILE=./a b;touch hacked', 'TARGET=$$(touch hacked)');
    assert.match(hostile.stderr, /unknown target/);
    assert.equal(existsSync(join(made, 'hacked')), false);
    const text = readFileSync(join(made, 'Makefile'), 'utf8');
    assert.equal((await init(made, '--yes', '--makefile')).exitCode, 2, 'all of it is there');
    assert.equal(readFileSync(join(made, 'Makefile'), 'utf8'), text);
  });
});
