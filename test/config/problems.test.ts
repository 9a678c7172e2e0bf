import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load, loadFailure, project } from './project.ts';

test('tells every problem at once: where, what was expected and what is there', async t => {
  const config = {
    name: '-x',
    directroy: './b',
    directory: '',
    defaultTarget: 'dokcer',
    retention: { last: 0, daily: '7', dayly: 1 },
    jobs: 0,
    exclude: { tables: ['a.b.c', 'ok'], tableData: 'logs', rows: [] },
    verify: 'fully',
    targets: {
      docker: {
        adapter: 'container',
        contaner: 'app_db',
        password: 12345,
        retention: {},
        docker: { hosst: 'x' },
      },
      local: { adapter: 'localhybrid' },
      url: { adapter: 'local-hybrid', url: 'mysql://u:hunter2@h/d', binDirectory: './bin', name: 'a/b' },
      none: {},
      'a b': { adapter: 3 },
      text: 'container',
    },
  };
  const root = await project(t, { 'backup.config.json': JSON.stringify(config) });
  const error = await loadFailure(root);
  assert.equal(error.exitCode, 2);
  const [first, ...lines] = error.message.split('\n');
  assert.equal(first, `backup.config.json has ${lines.length} problems:`);
  const unsafe = 'expected only letters, digits, ".", "_" and "-", and neither "." nor "-" first';
  const ofContainer =
    'adapter, container, database, databases, directory, docker, exclude, globals, hooks, jobs, name, password, retention, scratch, user, verify';
  const ofAll =
    'defaultTarget, directory, discover, exclude, globals, hooks, jobs, name, retention, scratch, targets, verify';
  assert.deepEqual(
    lines.map(line => line.trim()).sort(),
    [
      `name: ${unsafe}, got "-x"`,
      `directroy: unknown key, did you mean directory? known: ${ofAll}`,
      'jobs: expected a whole number, 1 or more, got 0',
      'exclude.tables.0: expected a pattern as pg_dump takes it: TABLE or SCHEMA.TABLE, got "a.b.c"',
      'exclude.tableData: expected a list, got "logs"',
      'exclude.rows: unknown key; known: tableData, tables',
      'verify: expected quick or full or false, got "fully"',
      'directory: expected text that is not empty, got ""',
      'defaultTarget: unknown target "dokcer", did you mean docker? known: docker, local, url, none, a b, text',
      'retention.last: expected a whole number, 1 or more, got 0',
      'retention.daily: expected a whole number, 1 or more, got "7"',
      'retention.dayly: unknown key, did you mean daily? known: daily, last, monthly, weekly',
      'targets.docker.container: expected text, but it is missing',
      `targets.docker.contaner: unknown key, did you mean container? known: ${ofContainer}`,
      'targets.docker.password: expected text, got a number',
      'targets.docker.retention: expected last, daily, weekly or monthly',
      'targets.docker.docker.hosst: unknown key, did you mean host? known: context, host',
      'targets.local.adapter: unknown adapter "localhybrid", did you mean local-hybrid? known: local-hybrid, container, a path such as ./adapters/mine.ts, an installed package',
      'targets.url.url: a mysql:// URL cannot be used: expected postgresql://',
      'targets.url.binDirectory: expected an absolute path, got "./bin"',
      `targets.url.name: ${unsafe}, got "a/b"`,
      'targets.none.adapter: expected text, but it is missing',
      `targets["a b"]: ${unsafe}`,
      'targets["a b"].adapter: expected text, got 3',
      'targets.text: expected an object, got "container"',
    ].sort(),
  );
});

const refused: readonly (readonly [title: string, config: unknown, message: string])[] = [
  ['targets are missing', { name: 'x' }, 'targets: expected an object, but it is missing'],
  ['there is no target', { targets: {} }, 'targets: expected at least one target'],
  ['targets are a list', { targets: [] }, 'targets: expected an object, got a list'],
  ['a target is null', { targets: { t: null } }, 'targets.t: expected an object, got null'],
  ['the whole is a list', [], 'expected an object, got a list'],
  ['the whole is text', 'x', 'expected an object, got "x"'],
  [
    'a number is no whole one',
    { targets: { t: { adapter: 'local-hybrid' } }, retention: { last: 1.5 } },
    'retention.last: expected a whole number, 1 or more, got 1.5',
  ],
  [
    'a text is long and holds a password',
    {
      targets: {
        t: { adapter: 'local-hybrid', directory: 'x', name: `postgresql://u:hunter2@h/${'d'.repeat(80)}` },
      },
    },
    `targets.t.name: expected only letters, digits, ".", "_" and "-", and neither "." nor "-" first, got "postgresql://u:***@h/${'d'.repeat(35)}…`,
  ],
  [
    'a target is called like a part of JavaScript',
    { targets: { t: { adapter: 'local-hybrid', constructor: 1 } } },
    'targets.t.constructor: unknown key; known: adapter, binDirectory, databases, directory, exclude, globals, hooks, jobs, name, retention, scratch, url, verify',
  ],
];

for (const [title, config, message] of refused) {
  test(`tells it when ${title}`, async t => {
    const root = await project(t, { 'backup.config.json': JSON.stringify(config) });
    const { message: whole } = await loadFailure(root);
    assert.equal(whole, `backup.config.json has a problem:\n  ${message}`);
  });
}

test('a target overrides what the whole says', async t => {
  const config = {
    name: 'all',
    directory: './all',
    retention: { last: 7 },
    ...{ jobs: 4, verify: 'quick', scratch: 'same-server', exclude: { tables: ['a'] } },
    globals: true,
    hooks: { afterBackup: ['a', 'b'], onFailure: ['c'] },
    defaultTarget: 'own',
    targets: {
      plain: { adapter: 'local-hybrid', url: 'postgresql://h/d' },
      own: {
        adapter: 'container',
        container: 'c',
        name: 'own',
        directory: '/own',
        retention: { daily: 3 },
        ...{ jobs: 1, verify: false, scratch: 'throwaway', exclude: { tableData: ['b.*'] } },
        ...{ databases: 'all', globals: 'with-passwords' },
        hooks: { afterBackup: ['d'] },
      },
    },
  };
  const root = await project(t, { 'backup.config.json': JSON.stringify(config) });
  const loaded = await load(root);
  assert.equal(loaded.defaultTarget, 'own');
  const parts = loaded.targets.map(({ adapter, adapters: known, ...target }) => ({
    ...target,
    adapter: adapter.name,
    known: known?.map(({ name }) => name),
  }));
  const found = { root, known: ['local-hybrid', 'container'] };
  assert.deepEqual(parts, [
    {
      name: 'plain',
      adapter: 'local-hybrid',
      options: { url: 'postgresql://h/d' },
      ...found,
      directory: `${root}/all`,
      prefix: 'all',
      retention: { last: 7 },
      ...{ databases: undefined, globals: true },
      ...{ jobs: 4, verify: 'quick', scratch: 'same-server', exclude: { tables: ['a'] } },
      hooks: { afterBackup: ['a', 'b'], onFailure: ['c'], folder: root },
    },
    {
      name: 'own',
      adapter: 'container',
      options: { container: 'c' },
      ...found,
      directory: '/own',
      prefix: 'own',
      retention: { daily: 3 },
      ...{ jobs: 1, verify: false, scratch: 'throwaway', exclude: { tableData: ['b.*'] } },
      ...{ databases: 'all', globals: 'with-passwords' },
      hooks: { afterBackup: ['d'], onFailure: ['c'], folder: root },
    },
  ]);
});

test('without a folder, a name and retention: ./backups beside the file, and the others stay open', async t => {
  const root = await project(t, {
    'backup.config.json': '{ "targets": { "t": { "adapter": "local-hybrid" } } }',
  });
  const { directory, targets } = await load(root);
  assert.equal(directory, `${root}/backups`);
  assert.equal(targets[0]?.directory, `${root}/backups`);
  assert.equal(targets[0]?.prefix, undefined);
  assert.equal(targets[0]?.retention, undefined);
});

test('a missing connection is no problem of the configuration', async t => {
  const root = await project(t, {
    'backup.config.mjs': `export default { targets: { local: { adapter: 'local-hybrid', url: undefined } } };`,
  });
  assert.equal((await load(root)).targets.length, 1);
});

test('a folder below ~ is one of the home folder', async t => {
  const config = { directory: '~/b', targets: { t: { adapter: 'local-hybrid', directory: '~x' } } };
  const root = await project(t, { 'backup.config.json': JSON.stringify(config) });
  const { directory, targets } = await load(root, { env: { HOME: '/home/me' } });
  assert.equal(directory, '/home/me/b');
  assert.equal(targets[0]?.directory, `${root}/~x`);
});
