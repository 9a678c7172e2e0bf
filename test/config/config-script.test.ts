import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { load, loadFailure, project } from './project.ts';

const repository = join(import.meta.dirname, '../..');
const target = `{ adapter: 'local-hybrid', url: 'postgresql://h/d' }`;
const commonjs = { 'package.json': '{ "type": "commonjs" }' };

const accepted: readonly (readonly [title: string, files: Record<string, string>])[] = [
  [
    'a module in a package of type commonjs, which npm init writes',
    {
      ...commonjs,
      'backup.config.ts': `import type { X } from './x.ts';\nexport default { targets: { t: ${target} } };`,
    },
  ],
  [
    'a JavaScript module in a package of type commonjs',
    { ...commonjs, 'backup.config.js': `export default { targets: { t: ${target} } };` },
  ],
  [
    'a module that imports others in a package of type commonjs',
    {
      ...commonjs,
      'backup.config.ts': `import { targets } from './targets.ts';\nexport default { targets };`,
      'targets.ts': `export const targets = { t: ${target} };`,
    },
  ],
  [
    'a CommonJS file in a package of type commonjs',
    { ...commonjs, 'backup.config.ts': `const t: object = ${target};\nmodule.exports = { targets: { t } };` },
  ],
  [
    'a value import of defineConfig',
    {
      'backup.config.ts': `import { defineConfig } from 'db-orchestrate';\nexport default defineConfig({ targets: { t: ${target} } });`,
    },
  ],
  [
    'a value import of defineConfig in a package of type commonjs',
    {
      ...commonjs,
      'backup.config.ts': `import { defineConfig } from 'db-orchestrate';\nexport default defineConfig({ targets: { t: ${target} } });`,
    },
  ],
  [
    'a require of defineConfig',
    {
      'backup.config.cjs': `const { defineConfig } = require('db-orchestrate');\nmodule.exports = defineConfig({ targets: { t: ${target} } });`,
    },
  ],
  [
    'what a compiler made of a module',
    { 'backup.config.cjs': `exports.__esModule = true;\nexports.default = { targets: { t: ${target} } };` },
  ],
  ['a promise', { 'backup.config.mjs': `export default Promise.resolve({ targets: { t: ${target} } });` }],
  [
    'an await at the top',
    {
      'backup.config.ts': `const t = await Promise.resolve(${target} as const);\nexport default { targets: { t } };`,
    },
  ],
];

for (const [title, files] of accepted) {
  test(`takes ${title}`, async t => {
    const warnings: Error[] = [];
    const warned = (warning: Error) => warnings.push(warning);
    process.on('warning', warned);
    t.after(() => process.off('warning', warned));
    const { targets } = await load(await project(t, files));
    assert.deepEqual(targets[0]?.options, { url: 'postgresql://h/d' });
    await new Promise(setImmediate);
    assert.deepEqual(warnings, []);
  });
}

const failing: readonly (readonly [title: string, files: Record<string, string>, message: RegExp])[] = [
  [
    'an error thrown in the file',
    { 'backup.config.ts': `type A = 1;\n\nthrow new Error('set STAGE first');\nexport default {};` },
    /^backup\.config\.ts:3: set STAGE first$/,
  ],
  [
    'an error of the language',
    { 'backup.config.mjs': `\nexport default { name: stage };` },
    /^backup\.config\.mjs:2: ReferenceError: stage is not defined$/,
  ],
  [
    'an error in an imported file',
    {
      'backup.config.ts': `import './lib/x.ts';\nexport default {};`,
      'lib/x.ts': `\nthrow new TypeError('boom');`,
    },
    /^lib\/x\.ts:2: TypeError: boom$/,
  ],
  ['a thrown text', { 'backup.config.mjs': `throw 'boom';` }, /^backup\.config\.mjs: it threw boom$/],
  [
    'an error whose code means something to the search',
    {
      'backup.config.mjs': `\nimport { readFileSync } from 'node:fs';\nexport default readFileSync('/nowhere/at/all');`,
    },
    /^backup\.config\.mjs:3: ENOENT: no such file or directory, open '\/nowhere\/at\/all'$/,
  ],
  [
    'a syntax error in TypeScript',
    { 'backup.config.ts': `export default {\n  name: = 3,\n};` },
    /^backup\.config\.ts:2: SyntaxError: Expression expected$/,
  ],
  [
    'a syntax error in TypeScript in a package of type commonjs',
    { ...commonjs, 'backup.config.ts': `export default {\n  name: = 3,\n};` },
    /^backup\.config\.ts:2: SyntaxError: Expression expected$/,
  ],
  [
    'a syntax error in a JavaScript module',
    { 'backup.config.mjs': `export default {\n  name: = 3,\n};` },
    /^backup\.config\.mjs:2: SyntaxError: /,
  ],
  [
    'a syntax error in a CommonJS file',
    { 'backup.config.cjs': `module.exports = {\n  name: = 3,\n};` },
    /^backup\.config\.cjs:2: SyntaxError: Unexpected token '='$/,
  ],
  [
    'an enum',
    { 'backup.config.ts': `\nenum Stage { dev }\nexport default { name: Stage.dev };` },
    /^backup\.config\.ts:2: SyntaxError: TypeScript enum is not supported in strip-only mode$/,
  ],
  [
    'a namespace',
    { ...commonjs, 'backup.config.ts': `namespace A { export const x = 1 }\nexport default { name: A.x };` },
    /^backup\.config\.ts:1: SyntaxError: TypeScript namespace/,
  ],
  [
    'a missing package',
    { 'backup.config.mjs': `import 'no-such-package';\nexport default {};` },
    /^backup\.config\.mjs.*: Cannot find package 'no-such-package' imported from /,
  ],
  [
    'a missing export of an import',
    {
      'backup.config.mjs': `import { none } from './x.mjs';\nexport default none;`,
      'x.mjs': 'export const some = 1;',
    },
    /^backup\.config\.mjs:1: SyntaxError: .*does not provide an export named 'none'/,
  ],
  [
    'no default export',
    { 'backup.config.ts': `export const config = {};` },
    /\/backup\.config\.ts has no default export$/,
  ],
  [
    'a default export of nothing',
    { 'backup.config.mjs': `export default undefined;` },
    /\/backup\.config\.mjs has no default export$/,
  ],
  [
    'a default export that is no object',
    { 'backup.config.mjs': `export default () => ({});` },
    /backup\.config\.mjs has a problem:\n {2}expected an object, got a function$/,
  ],
];

for (const [title, files, message] of failing) {
  test(`tells of ${title}`, async t => {
    const error = await loadFailure(await project(t, files));
    assert.equal(error.exitCode, 2);
    assert.match(error.message, message);
    if (/enum|namespace/.test(title)) assert.match(error.hint ?? '', /write an enum as an object/);
    if (/no default/.test(title)) assert.match(error.hint ?? '', /export default defineConfig/);
  });
}

test('shows no password that an error in the file repeats', async t => {
  const root = await project(t, {
    'backup.config.mjs': `throw new Error('bad postgresql://u:hunter2@h/d');`,
  });
  assert.equal((await loadFailure(root)).message, 'backup.config.mjs:1: bad postgresql://u:***@h/d');
});

test('the file sees the .env beside it, and what is set already wins', async t => {
  const root = await project(t, {
    'conf/backup.config.ts': `export default { name: process.env.CONFIG_TEST_NAME, targets: { t: { adapter: 'local-hybrid', url: process.env.CONFIG_TEST_URL } } };`,
    'conf/.env':
      'CONFIG_TEST_NAME=from-file\nCONFIG_TEST_PART=p#w\nCONFIG_TEST_URL="postgresql://u:${CONFIG_TEST_PART}@h/d"\n',
    '.env': 'CONFIG_TEST_NAME=elsewhere\nCONFIG_TEST_URL=postgresql://elsewhere/d\n',
  });
  process.env.CONFIG_TEST_NAME = 'from-process';
  t.after(() => delete process.env.CONFIG_TEST_NAME);
  const { targets } = await load(root, { file: 'conf/backup.config.ts' });
  assert.equal(targets[0]?.prefix, 'from-process');
  assert.deepEqual(targets[0]?.options, { url: 'postgresql://u:p#w@h/d' });
});

test('no child program sees the .env beside the file', async t => {
  const root = await project(t, {
    'backup.config.mjs': `export default { targets: { t: { adapter: 'local-hybrid', url: process.env.CONFIG_TEST_URL } } };`,
    '.env': 'CONFIG_TEST_URL=postgresql://h/d\nCONFIG_TEST_PRELOAD=x\n',
  });
  await load(root);
  assert.equal(process.env.CONFIG_TEST_URL, undefined);
  assert.equal(process.env.CONFIG_TEST_PRELOAD, undefined);
});

test('a value import works when a built copy runs from outside of the project', async t => {
  const files = {
    'backup.config.ts': `import { defineConfig } from 'db-orchestrate';\nexport default defineConfig({ name: 'built', targets: { t: ${target} } });`,
    'try.mjs': `
      import { z } from '${join(repository, 'node_modules/zod/index.js')}';
      import { loadConfig } from './global/node_modules/db-orchestrate/dist/src/config/load.js';
      const run = { env: {}, cwd: import.meta.dirname, emit() {} };
      const adapters = [{ name: 'local-hybrid', options: z.object({ url: z.string() }) }];
      const { targets } = await loadConfig(run, adapters);
      console.log(targets[0].prefix, targets[0].options.url);`,
  };
  const root = await project(t, files);
  const installed = join(root, 'global/node_modules/db-orchestrate');
  await mkdir(installed, { recursive: true });
  await writeFile(join(installed, 'package.json'), '{ "name": "db-orchestrate", "type": "module" }');
  await symlink(join(repository, 'node_modules'), join(installed, 'node_modules'));
  const build = [
    '--noCheck',
    '-p',
    join(repository, 'tsconfig.build.json'),
    '--outDir',
    join(installed, 'dist'),
  ];
  await promisify(execFile)(join(repository, 'node_modules/.bin/tsc'), build);
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(root, 'try.mjs')]);
  assert.equal(stdout, 'built postgresql://h/d\n');
  assert.equal(stderr, '');
});
