import assert from 'node:assert/strict';
import { chown } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { load, loadFailure, project } from './project.ts';

/** An adapter of somebody who uses no zod at all: its schema takes objects with a `pod`. */
const mine = `
  const issue = (path, message) => ({ success: false, error: { issues: [{ path, message }] } });
  export default {
    name: 'mine',
    options: { safeParse: value => typeof value.pod === 'string' ? { success: true, data: value } : issue(['pod'], 'Name a pod') },
    describe: ({ pod }) => 'pod ' + pod,
    database: () => 'd',
    probe: async () => ({ usable: false, reason: 'it is far away' }),
    open: async () => { throw new Error('not part of these tests'); },
  };`;
const configOf = (adapter: string, rest = { pod: 'p' }) => ({
  'conf/backup.config.json': JSON.stringify({ targets: { t: { adapter, ...rest } } }),
});
const at = { file: 'conf/backup.config.json' };
const commonjs = { 'package.json': '{ "type": "commonjs" }' };

const accepted: readonly (readonly [title: string, adapter: string, files: Record<string, string>])[] = [
  ['a path relative to the config file', './adapters/mine.ts', { 'conf/adapters/mine.ts': mine }],
  ['a path above it', '../mine.mts', { 'mine.mts': mine }],
  ['a JavaScript module', './mine.js', { ...commonjs, 'conf/mine.js': mine }],
  ['a CommonJS file', './mine.cjs', { 'conf/mine.cjs': mine.replace('export default', 'module.exports =') }],
  [
    'an export named adapter',
    './mine.mjs',
    { 'conf/mine.mjs': mine.replace('export default', 'export const adapter =') },
  ],
  [
    'what uses this package',
    './mine.ts',
    {
      'conf/mine.ts': `import { defineAdapter, OrchestrateError, type Server } from 'db-orchestrate';
        if (!OrchestrateError) throw new Error('not there');
        ${mine.replace('default {', 'default defineAdapter({').replace(/\};$/, '});')}`,
    },
  ],
  [
    'a package that has only modules',
    '@acme/db-orchestrate-x',
    {
      'node_modules/@acme/db-orchestrate-x/package.json':
        '{ "type": "module", "exports": { "import": "./lib/x.js" } }',
      'node_modules/@acme/db-orchestrate-x/lib/x.js': mine,
    },
  ],
  [
    'a package in a folder above, a part of it',
    'db-orchestrate-y/pods',
    {
      'conf/node_modules/other/package.json': '{}',
      'node_modules/db-orchestrate-y/package.json': '{ "exports": { "./pods": "./pods.cjs" } }',
      'node_modules/db-orchestrate-y/pods.cjs': mine.replace('export default', 'module.exports ='),
    },
  ],
];

for (const [title, adapter, files] of accepted) {
  test(`takes ${title}`, async t => {
    const { targets } = await load(await project(t, { ...configOf(adapter), ...files }), at);
    assert.equal(targets[0]?.adapter.name, 'mine');
    assert.equal(targets[0]?.adapter.describe(targets[0].options), 'pod p');
  });
}

const refused: readonly (readonly [
  title: string,
  adapter: string,
  files: Record<string, string>,
  message: RegExp,
])[] = [
  ['a file that is missing', './none.ts', {}, /^adapter ".\/none.ts": there is no file \/.*\/conf\/none.ts$/],
  [
    'a package that is missing',
    '@acme/none',
    {},
    /targets\.t\.adapter: unknown adapter "@acme\/none"; known: local-hybrid, container, a path such as .*, an installed package$/,
  ],
  [
    'a package that exports nothing of that name',
    'db-orchestrate-y/none',
    { 'node_modules/db-orchestrate-y/package.json': '{ "exports": { ".": "./x.js" } }' },
    /^adapter "db-orchestrate-y\/none" cannot be loaded: Package subpath '.\/none' is not defined by "exports"/,
  ],
  [
    'an error in the file',
    './mine.ts',
    { 'conf/mine.ts': `\nthrow new Error('boom');` },
    /^adapter ".\/mine.ts" in \/.*\/conf\/mine.ts: mine.ts:2: boom$/,
  ],
  [
    'a missing package of the file',
    './mine.mjs',
    { 'conf/mine.mjs': `import 'no-such-package';` },
    /: Cannot find package 'no-such-package'/,
  ],
  [
    'no export',
    './mine.ts',
    { 'conf/mine.ts': 'export const x = 1;' },
    /mine.ts has a problem:\n {2}expected an adapter as the default export, but there is none$/,
  ],
  [
    'a function',
    './mine.ts',
    { 'conf/mine.ts': 'export default () => ({});' },
    /mine.ts has a problem:\n {2}expected an object, got a function$/,
  ],
  [
    'what is missing of an adapter, or is something else',
    './mine.ts',
    {
      'conf/mine.ts': `export default { name: '', options: {}, probe: 7, open: () => 1, database: () => 1,
        scratch: 'x', steps: [{ name: 'engine' }] };`,
    },
    new RegExp(
      [
        'adapter "./mine.ts" in /.*/conf/mine.ts has 6 problems:',
        'name: expected text that is not empty, got ""',
        'options: expected a schema of zod, which has safeParse',
        'describe: expected a function, but it is missing',
        'probe: expected a function, got 7',
        'scratch: expected a function, got "x"',
        'steps.0.look: expected a function, but it is missing',
      ].join('\n  '),
    ),
  ],
  [
    'options that its own schema refuses',
    './mine.ts',
    { ...configOf('./mine.ts', { pod: 7 as unknown as string }), 'conf/mine.ts': mine },
    /^backup.config.json has a problem:\n {2}targets.t.pod: name a pod, got 7$/,
  ],
];

for (const [title, adapter, files, message] of refused) {
  test(`tells of ${title}`, async t => {
    const error = await loadFailure(await project(t, { ...configOf(adapter), ...files }), at);
    assert.equal(error.exitCode, 2);
    assert.match(error.message, message);
  });
}

test('an adapter that belongs to somebody else is not run', { skip: process.geteuid?.() !== 0 }, async t => {
  const root = await project(t, {
    ...configOf('./mine.ts'),
    'conf/mine.ts': `throw new Error('it ran');`,
  });
  await chown(join(root, 'conf/mine.ts'), 4321, 4321);
  const error = await loadFailure(root, at);
  assert.match(
    error.message,
    /mine\.ts is not read: it belongs to neither this user nor root, but to .* 4321$/,
  );
  assert.match(error.hint ?? '', /^If you trust what is in it/);
});

test('an adapter is run once, however many targets it has', async t => {
  const root = await project(t, {
    'backup.config.json': JSON.stringify({
      targets: { a: { adapter: './mine.ts', pod: 'a' }, b: { adapter: './mine.ts', pod: 'b' } },
    }),
    'mine.ts': mine,
  });
  const { targets } = await load(root);
  assert.equal(targets[0]?.adapter, targets[1]?.adapter);
});
