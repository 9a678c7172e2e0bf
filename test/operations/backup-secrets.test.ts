import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { connectionUrl, execute } from '../stage/client.ts';
import { createDatabase, createRole } from '../stage/databases.ts';
import type { PgServer } from '../stage/part.ts';
import { hostServer } from '../stage/servers.ts';
import { waitUntil } from '../stage/wait-until.ts';
import { type BackupProject, backupProject } from './backup-project.ts';
import { fakeClients } from './fake-clients.ts';

const password = "s3cr3t'%/@ w0rd";
const secret = /s3cr3t/;

let server: PgServer;
let database: string;
let role: string;

before(async () => {
  server = await hostServer();
  role = await createRole(server, password, 'SUPERUSER');
  database = await createDatabase(server);
  await execute(server, database, 'CREATE TABLE t (x int)');
});

function projectOf(url: string, options: object = {}): BackupProject {
  return backupProject({
    config: { name: 'app', targets: { local: { adapter: 'local-hybrid', url, ...options } } },
  });
}

const url = (name = database) => connectionUrl(server, name, { user: role, password });

describe('the password stands', () => {
  test('in no command line of any program', {
    skip: process.platform !== 'linux' && 'no /proc',
  }, async () => {
    const binDirectory = fakeClients(server, 'exec sleep 1000');
    const run = projectOf(url(), { binDirectory }).start(['backup', '--verbose']);
    const lines = () => family(run.pid).map(pid => read(`/proc/${pid}/cmdline`).replaceAll('\0', ' '));
    await waitUntil('all programs run', () => lines().some(line => line === 'sleep 1000 '));
    const seen = lines();
    assert.ok(seen.filter(line => line.includes('psql')).length >= 2, seen.join('\n'));
    assert.doesNotMatch(seen.join('\n'), secret);
    run.kill('SIGTERM');
    const { stdout, stderr } = await run.finished;
    assert.doesNotMatch(stdout + stderr, secret);
  });

  test('in nothing that a backup prints or writes', async () => {
    const project = projectOf(url());
    const { exitCode, stdout, stderr } = await project.run(['backup', '--verbose', '--json']);
    assert.equal(exitCode, 0, stderr);
    const [name = ''] = project.dataNames();
    const written = [JSON.stringify(project.manifest(name)), project.text(name), ...project.names()];
    assert.doesNotMatch([stdout, stderr, ...written].join('\n'), secret);
  });

  const failing: [what: string, url: () => string, exitCode: number][] = [
    ['the login is refused', () => url().replace(role, `${role}x`), 3],
    ['the database is missing', () => url('missing'), 3],
    ['the URL cannot be read', () => url().replace('%40', '@').replace('%2F', '/'), 2],
    ['the URL is another’s', () => url().replace('postgresql', 'mysql'), 2],
  ];
  for (const [what, bad, expected] of failing) {
    test(`in no message when ${what}`, async () => {
      for (const json of [[], ['--json']]) {
        const { exitCode, stdout, stderr } = await projectOf(bad()).run(['backup', '--verbose', ...json]);
        assert.equal(exitCode, expected, stderr);
        assert.doesNotMatch(stdout + stderr, secret);
      }
    });
  }
});

function family(root: number): number[] {
  const parents = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(name => [Number(name), Number(/^PPid:\s*(\d+)/m.exec(read(join('/proc', name, 'status')))?.[1])]);
  const members = [root];
  // Grows while it is walked: each member brings its children.
  for (const member of members)
    members.push(...parents.filter(([, parent]) => parent === member).map(([pid]) => pid!));
  return members;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // it has ended
  }
}
