import assert from 'node:assert/strict';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseConnection } from '../../adapters/local-hybrid/connection.ts';
import { nothingConfigured } from '../../src/config/environment.ts';
import type { RunEvent } from '../../src/contract/run-context.ts';
import { unprivileged } from '../stage/unprivileged.ts';
import { type Here, load, loadFailure, project } from './project.ts';

/** Each target's adapter and options, as the environment gives them. */
async function targetsOf(
  root: string,
  here?: Here,
): Promise<Record<string, [adapter: string, options: Record<string, string>]>> {
  const { targets } = await load(root, here);
  return Object.fromEntries(
    targets.map(({ name, adapter, options }) => [name, [adapter.name, present(options)]]),
  );
}

function present(options: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(options as object).filter(([, value]) => value !== undefined));
}

test('DATABASE_URL gives the target local', async t => {
  const env = { DATABASE_URL: 'postgresql://h/d' };
  assert.deepEqual(await targetsOf(await project(t, {}), { env }), {
    local: ['local-hybrid', { url: 'postgresql://h/d' }],
  });
});

test('DB_CONTAINER gives the target docker, with POSTGRES_* as its settings', async t => {
  const env = { DB_CONTAINER: 'app_db', POSTGRES_USER: 'u', POSTGRES_DB: 'd', POSTGRES_PASSWORD: 'p' };
  assert.deepEqual(await targetsOf(await project(t, {}), { env }), {
    docker: ['container', { container: 'app_db', user: 'u', database: 'd', password: 'p' }],
  });
});

test('both give both, the local one first', async t => {
  const env = { DATABASE_URL: 'postgresql://h/d', DB_CONTAINER: 'app_db', POSTGRES_USER: '' };
  const targets = await targetsOf(await project(t, {}), { env });
  assert.deepEqual(Object.keys(targets), ['local', 'docker']);
  assert.deepEqual(targets.docker, ['container', { container: 'app_db' }]);
});

test('POSTGRES_* and a user of libpq alone give none', async t => {
  const env = { POSTGRES_USER: 'u', POSTGRES_DB: 'd', POSTGRES_PASSWORD: 'p', PGUSER: 'u', PGPORT: '5432' };
  const config = await load(await project(t, {}), { env });
  assert.deepEqual(config.targets, []);
  assert.equal(config.file, undefined);
});

for (const name of ['PGDATABASE', 'PGHOST', 'PGHOSTADDR', 'PGSERVICE']) {
  test(`${name} gives the target local, which libpq's own variables lead to`, async t => {
    assert.deepEqual(await targetsOf(await project(t, {}), { env: { [name]: 'x' } }), {
      local: ['local-hybrid', {}],
    });
  });
}

test("libpq's variables of an env file lead there too, together with the process's", async t => {
  const root = await project(t, { '.env': "PGHOST=h\nPGPASSWORD='a b&c'\nPGDATABASE=other\n" });
  const env = { PGDATABASE: 'a=b', PGUSER: 'u' };
  const { local } = await targetsOf(root, { env });
  const connection = parseConnection(local![1].url, {});
  assert.deepEqual(connection.env, { PGHOST: 'h', PGUSER: 'u', PGPASSWORD: 'a b&c' });
  assert.equal(connection.database, 'a=b');
});

test("DATABASE_URL comes before libpq's variables", async t => {
  const env = { DATABASE_URL: 'postgresql://h/d', PGHOST: 'other' };
  assert.deepEqual((await targetsOf(await project(t, {}), { env })).local, [
    'local-hybrid',
    { url: 'postgresql://h/d' },
  ]);
});

test('reads the process first, then .env, .env.docker and docker/.env.docker', async t => {
  const root = await project(t, {
    '.env': 'DB_CONTAINER=second\nPOSTGRES_USER=second\n',
    '.env.docker': 'DB_CONTAINER=third\nPOSTGRES_USER=third\nPOSTGRES_DB=third\n',
    'docker/.env.docker': 'DB_CONTAINER=fourth\nPOSTGRES_DB=fourth\nPOSTGRES_PASSWORD=fourth\n',
  });
  assert.deepEqual(await targetsOf(root, { env: { DB_CONTAINER: 'first' } }), {
    docker: ['container', { container: 'first', user: 'second', database: 'third', password: 'fourth' }],
  });
});

test('an empty variable of the process hides the one of a file', async t => {
  const root = await project(t, { '.env': 'DATABASE_URL=postgresql://h/d\n' });
  assert.deepEqual(await targetsOf(root, { env: { DATABASE_URL: '' } }), {});
});

test('BACKUP_DIR and BACKUP_NAME are the folder and the prefix', async t => {
  const root = await project(t, {
    '.env': 'BACKUP_DIR=./b\nBACKUP_NAME=app\nDATABASE_URL=postgresql://h/d\n',
  });
  const { directory, root: start, targets } = await load(root);
  assert.equal(directory, join(root, 'b'));
  assert.equal(start, root);
  assert.equal(targets[0]?.prefix, 'app');
  assert.equal(targets[0]?.directory, join(root, 'b'));
});

test('the folder is known without any target', async t => {
  assert.equal((await load(await project(t, {}), { env: { BACKUP_DIR: '/b' } })).directory, '/b');
});

test('env files and variables never override a config file', async t => {
  const root = await project(t, {
    'backup.config.json':
      '{ "name": "app", "targets": { "t": { "adapter": "local-hybrid", "url": "postgresql://h/d" } } }',
    '.env': 'DATABASE_URL=postgresql://other/d\nBACKUP_NAME=other\nBACKUP_DIR=/other\n',
  });
  const env = { DATABASE_URL: 'postgresql://other/d', DB_CONTAINER: 'other', BACKUP_DIR: '/other' };
  const { directory, targets } = await load(root, { env });
  assert.equal(directory, join(root, 'backups'));
  assert.deepEqual(
    targets.map(({ name, options, prefix }) => [name, options, prefix]),
    [['t', { url: 'postgresql://h/d' }, 'app']],
  );
});

test('calls a problem by the name of the variable and repeats no password', async t => {
  const env = { DATABASE_URL: 'mysql://u:hunter2@h/d', BACKUP_NAME: 'a b' };
  const { message } = await loadFailure(await project(t, {}), { env });
  assert.deepEqual(message.split('\n'), [
    'the environment has 2 problems:',
    '  BACKUP_NAME: expected only letters, digits, ".", "_" and "-", and neither "." nor "-" first, got "a b"',
    '  DATABASE_URL: a mysql:// URL cannot be used: expected postgresql://',
  ]);
});

test('says what to set when nothing is configured', () => {
  const { exitCode, message, hint } = nothingConfigured();
  assert.equal(exitCode, 2);
  assert.match(message, /DATABASE_URL .* DB_CONTAINER/);
  assert.match(hint ?? '', /DATABASE_URL=postgresql:\/\/user:password@localhost:5432\/mydb/);
});

const values: readonly (readonly [title: string, line: string, value: string])[] = [
  ['a plain value', 'X=a', 'a'],
  ['export', 'export X = a ', 'a'],
  ['double quotes', 'X="a # b"', 'a # b'],
  ['single quotes', "X='a # b'", 'a # b'],
  ['a comment behind a blank', 'X=a # b', 'a'],
  ['a # inside of a value', 'X=postgresql://u:p#w@h/d', 'postgresql://u:p#w@h/d'],
  ['a variable of the same file', 'Y=y\nX=a-${Y}-b', 'a-y-b'],
  ['a variable that comes later', 'X=${Y}\nY=y', 'y'],
  ['a variable inside of another', 'Z=z\nY=${Z}y\nX="${Y}x"', 'zyx'],
  ['a variable of the process', 'P=file\nX=${P}', 'process'],
  ['a variable of a later file', 'X=${LATER}', 'later'],
  ['a default', 'X=${NONE:-a b}-${P:-c}', 'a b-process'],
  ['a variable that is not set', 'X=a${NONE}b', 'ab'],
  ['a circle', 'Y=${X}y\nX=${Y}x', 'yx'],
  ['a variable in single quotes stays as it is', "Y=y\nX='${Y}'", '${Y}'],
  ['a dollar sign without braces stays as it is', 'Y=y\nX=pa$Y$$', 'pa$Y$$'],
  ['an escaped dollar sign is one', 'Y=y\nX=\\${Y}', '${Y}'],
  ['the last of two', 'X=a\nX=b', 'b'],
  ['lines that end as on Windows', 'Y=y\r\nX=a${Y}\r\nZ=z\r\n', 'ay'],
  ['a byte order mark', '\uFEFFX=a', 'a'],
];

for (const [title, text, value] of values) {
  test(`understands in an env file: ${title}`, async t => {
    const root = await project(t, {
      '.env': text.replaceAll(/\bX(?=[ =}])/g, 'BACKUP_DIR'),
      '.env.docker': 'LATER=later\n',
    });
    const { directory } = await load(root, { env: { P: 'process' } });
    assert.equal(directory, join(root, value));
  });
}

test('warns of an env file that it may not read', async t => {
  const root = await project(t, { '.env': 'DATABASE_URL=postgresql://h/d' });
  await chmod(join(root, '.env'), 0);
  const events: RunEvent[] = [];
  assert.deepEqual(await unprivileged(root, () => targetsOf(root, { events })), {});
  assert.equal(events[0]?.type, 'warning');
});
