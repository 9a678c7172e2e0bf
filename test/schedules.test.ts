import assert from 'node:assert/strict';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { createDatabase } from './stage/databases.ts';
import { findProgram } from './stage/debian-packages.ts';
import { projectWithPackage } from './stage/installed-package.ts';
import { projectFolder } from './stage/project-folder.ts';
import { shellEnv } from './stage/repository-copy.ts';
import { runProgram, startProgram } from './stage/run-program.ts';
import { hostServer } from './stage/servers.ts';
import { hostTarget } from './stage/target-project.ts';
import { waitUntil } from './stage/wait-until.ts';

const root = resolve(import.meta.dirname, '..');

test('every runs its command again, and what stops it stops the command', async () => {
  const folder = projectFolder({ count: '' });
  const every = join(root, 'docker/every.sh');
  const command =
    'echo run >> count; trap "echo stopped >> count; exit" TERM; [ $(wc -l < count) -lt 2 ] || sleep 60 >/dev/null 2>&1 & wait';
  const running = startProgram(['sh', every, '0', 'sh', '-c', command], { cwd: folder });
  const count = () => readFileSync(join(folder, 'count'), 'utf8');
  await waitUntil('it ran twice', () => count() === 'run\nrun\n');
  running.kill('SIGTERM');
  assert.equal((await running.finished).exitCode, 143);
  assert.equal(count(), 'run\nrun\nstopped\n');
});

test('the crontab line of the README makes a backup, and nobody gets mail of it', async () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const [, command] = /```\n\d+ \d+ \* \* \* {2}(cd .*)\n```/.exec(readme) ?? [];
  const server = await hostServer();
  const targets = { local: hostTarget(server, await createDatabase(server)) };
  const project = await projectWithPackage({ 'backup.config.json': JSON.stringify({ targets }) });
  const inProject = command!.replace('/srv/shop', `'${project}'`);
  const { exitCode, stdout, stderr } = await runProgram(['/bin/sh', '-c', inProject], {
    cwd: '/',
    env: { HOME: project, LOGNAME: 'shop', SHELL: '/bin/sh', PATH: shellEnv().PATH },
  });
  assert.deepEqual({ exitCode, stdout, stderr }, { exitCode: 0, stdout: '', stderr: '' });
  assert.equal(globSync(join(project, 'backups/*.sql.gz')).length, 1);
});

test('the units of the README are ones that systemd takes', {
  skip: !findProgram('systemd-analyze'),
}, async () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const units = [...readme.matchAll(/```ini\n# \/etc\/systemd\/system\/(\S+)\n([\s\S]*?)```/g)];
  assert.deepEqual(
    units.map(([, name]) => name),
    ['db-backup.service', 'db-backup.timer'],
  );
  const folder = projectFolder();
  for (const [, name, text] of units) writeFileSync(join(folder, name!), text!);
  const { stderr } = await runProgram(
    ['systemd-analyze', 'verify', './db-backup.service', './db-backup.timer'],
    {
      cwd: folder,
    },
  );
  assert.equal(stderr, '');
});
