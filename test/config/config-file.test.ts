import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, chown, lchown, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { unprivileged } from '../stage/unprivileged.ts';
import { load, loadFailure, project } from './project.ts';

const isRoot = process.geteuid?.() === 0;
const targets = `targets: { local: { adapter: 'local-hybrid' } }`;
const json = '{ "name": "app", "targets": { "local": { "adapter": "local-hybrid" } } }';
const yaml = 'name: app\ntargets:\n  local: { adapter: local-hybrid }\n';

const formats: readonly (readonly [file: string, text: string])[] = [
  ['backup.config.ts', `export default { name: 'app', ${targets} } satisfies object;`],
  ['backup.config.mts', `export default { name: 'app', ${targets} } satisfies object;`],
  ['backup.config.cts', `const name: string = 'app'; module.exports = { name, ${targets} };`],
  ['backup.config.js', `export default { name: 'app', ${targets} };`],
  ['backup.config.mjs', `export default { name: 'app', ${targets} };`],
  ['backup.config.cjs', `module.exports = { name: 'app', ${targets} };`],
  ['backup.config.json', json],
  ['backup.config.yaml', yaml],
  ['backup.config.yml', yaml],
  ['package.json', `{ "name": "other", "backup": ${json} }`],
];

for (const [file, text] of formats) {
  test(`finds ${file}`, async t => {
    const root = await project(t, { [file]: text });
    const config = await load(root);
    assert.equal(config.file, join(root, file));
    assert.equal(config.root, root);
    assert.equal(config.targets[0]?.prefix, 'app');
  });
}

test('finds the file in a parent folder and starts relative paths there', async t => {
  const root = await project(t, { 'backup.config.json': json, 'a/b/package.json': '{}' });
  const config = await load(join(root, 'a/b'));
  assert.equal(config.root, root);
  assert.equal(config.directory, join(root, 'backups'));
});

test('prefers the nearest file', async t => {
  const root = await project(t, { 'backup.config.json': json, 'a/backup.config.yaml': yaml });
  assert.equal((await load(join(root, 'a'))).file, join(root, 'a/backup.config.yaml'));
});

test('looks no further than the folder that holds .git, a file of that name too', async t => {
  const root = await project(t, { 'backup.config.json': json, 'a/.git/HEAD': '', 'b/.git': 'gitdir: …' });
  for (const folder of ['a', 'b']) {
    assert.equal((await load(join(root, folder))).file, undefined);
  }
});

test('looks no further than the home folder', async t => {
  const root = await project(t, { 'backup.config.json': json, 'home/app/x': '', 'home/y': '' });
  const env = { HOME: join(root, 'home') };
  assert.equal((await load(join(root, 'home/app'), { env })).file, undefined);
  await writeFile(join(root, 'home/backup.config.json'), json);
  assert.equal((await load(join(root, 'home/app'), { env })).file, join(root, 'home/backup.config.json'));
});

test('passes over a package.json without the key', async t => {
  const root = await project(t, {
    'backup.config.json': json,
    'a/package.json': '{ "name": "x" }',
    'b/package.json': '',
  });
  for (const folder of ['a', 'b']) assert.equal((await load(join(root, folder))).root, root);
});

test('reads the file that --config names, relative to the working folder', async t => {
  const root = await project(t, { 'backup.config.json': '{', 'conf/other.yaml': yaml, 'sub/x': '' });
  const config = await load(join(root, 'sub'), { file: '../conf/other.yaml' });
  assert.equal(config.root, join(root, 'conf'));
});

const given: readonly (readonly [title: string, file: string, message: RegExp])[] = [
  ['is missing', 'none.json', /none\.json cannot be read: there is no such file$/],
  ['is a folder', 'folder.json', /folder\.json cannot be read: it is a folder$/],
  ['is of an unknown kind', 'file.conf', /file\.conf cannot be read: .*\.conf/],
  ['is empty', 'empty.yaml', /empty\.yaml is empty$/],
  ['holds only a comment', 'comment.yaml', /comment\.yaml: .*empty$/],
  ['is a package.json without the key', 'package.json', /package\.json has no key "backup"$/],
];

for (const [title, file, message] of given) {
  test(`says so when the file that --config names ${title}`, async t => {
    const files = {
      'folder.json/x': '',
      'file.conf': 'x',
      'empty.yaml': ' \n',
      'comment.yaml': '# x',
      'package.json': '{}',
    };
    const error = await loadFailure(await project(t, files), { file });
    assert.equal(error.code, 'usage');
    assert.match(error.message, message);
  });
}

test('does not fall back to another configuration when a file is empty', async t => {
  const root = await project(t, { 'backup.config.json': json, 'a/backup.config.yaml': '' });
  assert.match((await loadFailure(join(root, 'a'))).message, /a\/backup\.config\.yaml is empty$/);
});

test('does not fall back to another configuration when a file or an import of it cannot be read', async t => {
  const root = await project(t, {
    'backup.config.json': json,
    'a/backup.config.yaml': '$import: none.yaml\n',
    'b/x': '',
  });
  await symlink('nowhere', join(root, 'b/backup.config.ts'));
  const imported = await loadFailure(join(root, 'a'));
  assert.match(
    imported.message,
    /none\.yaml, which .*backup\.config\.yaml imports, cannot be read: there is no such file$/,
  );
  assert.match(
    (await loadFailure(join(root, 'b'))).message,
    /backup\.config\.ts cannot be read: there is no such file$/,
  );
});

test('does not fall back to another configuration when permission is denied', async t => {
  const root = await project(t, { 'backup.config.json': json, 'a/backup.config.yaml': yaml });
  await chmod(join(root, 'a/backup.config.yaml'), 0);
  const failure = await unprivileged(root, () => loadFailure(join(root, 'a')));
  assert.match(failure.message, /cannot be read: permission denied$/);
});

test('tells where JSON and YAML are wrong, without the text around it', async t => {
  const secret = 'postgresql://u:hunter2@h';
  const root = await project(t, {
    'a/backup.config.json': `{\n  "url": "${secret}"\n  "x": 1 }`,
    'b/backup.config.json': `{ "url": ${secret} }`,
    'c/backup.config.yaml': `a: 1\nurl: [${secret}\nb: }`,
  });
  const messages = await Promise.all(
    ['a', 'b', 'c'].map(async dir => (await loadFailure(join(root, dir))).message),
  );
  assert.match(messages[0]!, /a\/backup\.config\.json:3: Expected ',' or '\}' after property value$/);
  assert.match(messages[1]!, /b\/backup\.config\.json: it is not valid JSON$/);
  assert.match(messages[2]!, /c\/backup\.config\.yaml:3: deficient indentation$/);
});

test('runs no file that belongs to neither this user nor root', {
  skip: !isRoot && 'needs root',
}, async t => {
  const bad = `globalThis.ranForeignCode = true; export default { ${targets} };`;
  const root = await project(t, {
    'ts/backup.config.ts': bad,
    'json/backup.config.json': json,
    'package/package.json': `{ "backup": ${json} }`,
    'import/backup.config.json': '{ "$import": "base.ts" }',
    'import/base.ts': bad,
    'meta/.config/config.js': bad,
  });
  await chown(join(root, 'ts/backup.config.ts'), 12345, 12345);
  await chown(join(root, 'json/backup.config.json'), 12345, 12345);
  await chown(join(root, 'package/package.json'), 12345, 12345);
  await chown(join(root, 'import/base.ts'), 12345, 12345);
  await chown(join(root, 'meta/.config/config.js'), 12345, 12345);
  for (const folder of ['ts', 'json', 'package', 'import', 'meta']) {
    const error = await loadFailure(join(root, folder));
    assert.equal(error.exitCode, 2);
    assert.match(
      error.message,
      /is not read: it belongs to neither this user nor root, but to the user with id 12345$/,
    );
    assert.match(error.hint ?? '', /chown \w+ \/.*\.(ts|js|json)$/);
  }
  const named = await loadFailure(root, { file: 'ts/backup.config.ts' });
  assert.match(named.message, /neither this user nor root/);
  assert.equal('ranForeignCode' in globalThis, false);
});

test('follows no link of another user', { skip: !isRoot && 'needs root' }, async t => {
  const root = await project(t, { 'real.json': json });
  await symlink('real.json', join(root, 'backup.config.json'));
  await load(root);
  await lchown(join(root, 'backup.config.json'), 12345, 12345);
  assert.match((await loadFailure(root)).message, /neither this user nor root/);
});

test("minds no other user's package.json that holds no configuration", {
  skip: !isRoot && 'needs root',
}, async t => {
  const root = await project(t, { 'package.json': '{ "name": "x" }' });
  await chown(join(root, 'package.json'), 12345, 12345);
  assert.equal((await load(root)).file, undefined);
});

test('reads no configuration that other programs keep in ~/.config/backup', async t => {
  const root = await project(t, { '.config/backup/config.json': json });
  await mkdir(join(root, 'sub'));
  assert.equal((await load(join(root, 'sub'), { env: { HOME: root } })).file, undefined);
});

for (const [file, text] of [
  ['config.js', 'export const settingsOfOthers = 1;'],
  ['config.json', '{ "backup": 1 }'],
  ['config.yaml', ''],
] as const) {
  test(`minds no .config/${file}, where cosmiconfig looks for settings of its own`, async t => {
    const root = await project(t, { [`.config/${file}`]: text, 'backup.config.json': json });
    assert.equal(await loadInChild(root), 'app');
  });
}

test('tells of settings of cosmiconfig that cannot be read', async t => {
  const root = await project(t, { '.config/config.yaml': 'a: }', 'backup.config.json': json });
  assert.match(await loadInChild(root), /^cosmiconfig's settings in \.config cannot be read: /);
});

/** cosmiconfig reads its own settings in the working folder of the process. */
async function loadInChild(cwd: string): Promise<string> {
  const helper = pathToFileURL(join(import.meta.dirname, 'project.ts')).href;
  const script = `
    const { load } = await import(${JSON.stringify(helper)});
    console.log(await load(process.cwd()).then(config => config.targets[0].prefix, error => error.message));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    cwd,
  });
  return stdout.trim();
}
