import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { before, test } from 'node:test';
import { afterFile } from '../stage/after-file.ts';
import { runCli } from '../stage/cli.ts';
import { execute } from '../stage/client.ts';
import { createDatabase } from '../stage/databases.ts';
import { findProgram, installPackages } from '../stage/debian-packages.ts';
import type { PgServer } from '../stage/part.ts';
import { hostServer } from '../stage/servers.ts';
import { hostTarget, type TargetProject, targetProject } from '../stage/target-project.ts';
import { waitUntil } from '../stage/wait-until.ts';

let server: PgServer;
let database: string;

before(async () => {
  server = await hostServer();
  database = await createDatabase(server);
  await execute(server, database, 'CREATE TABLE t AS SELECT generate_series(1, 10) n');
});

/** Each hook that runs writes what it was told to a file called like its event. */
const tell = [
  'sh',
  '-c',
  'printf "%s\\n" "$DB_ORCHESTRATE_EVENT|$DB_ORCHESTRATE_TARGET|$DB_ORCHESTRATE_FILE|$DB_ORCHESTRATE_ERROR|$DB_ORCHESTRATE_REPORT" >> ./"$DB_ORCHESTRATE_EVENT"; echo out; echo err >&2',
];
const telling = { afterBackup: tell, afterRestore: tell, onFailure: tell };

function project(hooks: object, targets: object = {}): TargetProject {
  return targetProject(
    { local: hostTarget(server, database), ...targets },
    { hooks, defaultTarget: 'local' },
  );
}

/** What the hooks of that event were told, one line a time. */
function told({ folder }: TargetProject, event: string) {
  const path = join(folder, event);
  const lines = existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
  return lines.map(line => {
    const [name, target, file, error, ...report] = line.split('|');
    return { name, target, file, error, report: JSON.parse(report.join('|')) };
  });
}

test('each is told what was done: target, file, and what --json prints; its output goes to stderr', async () => {
  const its = project(telling);
  const { stdout, stderr } = await runCli(['backup', '--json'], { cwd: its.folder });
  const [made] = JSON.parse(stdout).backups;
  assert.match(stderr, /^out\nerr$/m);
  assert.deepEqual(told(its, 'afterBackup'), [
    { name: 'afterBackup', target: 'local', file: made.path, error: '', report: made },
  ]);

  const restored = await its.must<object>(['restore', 'latest', '--force']);
  assert.deepEqual(told(its, 'afterRestore')[0], {
    ...{ name: 'afterRestore', target: 'local', file: made.path, error: '' },
    report: restored,
  });
  const undone = await its.must<object>(['undo', '--force']);
  assert.deepEqual(told(its, 'afterRestore')[1]!.report, undone);
  await its.must(['guard', '--', 'true']);
  await its.must(['restore', 'latest', '--force', '--dry-run']);
  assert.equal(told(its, 'afterBackup').length, 1);
  assert.equal(told(its, 'afterRestore').length, 2);
  assert.deepEqual(told(its, 'onFailure'), []);
});

test('of several targets each runs its own: the failed one the hook for failures, also of a server that is down', async () => {
  const down = { adapter: 'local-hybrid', url: 'postgresql://u:secret-word@127.0.0.1:1/down' };
  const its = project({ onFailure: tell }, { down: { ...down, hooks: { afterBackup: tell } } });
  assert.equal((await its.run(['backup', '--all-targets'])).exitCode, 10);
  const [failed, ...more] = told(its, 'onFailure');
  assert.deepEqual(more, []);
  assert.match(failed!.error!, /^PostgreSQL on 127\.0\.0\.1:1 cannot be reached/);
  assert.equal(failed!.report.error.code, 'unreachable');
  assert.deepEqual([failed!.target, failed!.report.error.exitCode], ['down', 3]);
  assert.doesNotMatch(readFileSync(join(its.folder, 'onFailure'), 'utf8'), /secret-word/);
  assert.deepEqual(told(its, 'afterBackup'), []);
});

test('a failed proof and a failed restore are told of, a mistyped command is not', async () => {
  const its = project(telling);
  const { backups } = await its.must<{ backups: { path: string }[] }>(['backup']);
  writeFileSync(backups[0]!.path, readFileSync(backups[0]!.path).subarray(0, 300));
  assert.equal((await its.run(['verify', '--quick', '--target', 'local', backups[0]!.path])).exitCode, 7);
  assert.equal((await its.run(['restore', backups[0]!.path, '--force'])).exitCode, 7);
  assert.equal((await its.run(['restore', '99991231', '--force'])).exitCode, 2);
  const failed = told(its, 'onFailure');
  assert.deepEqual(
    failed.map(({ file, report }) => [file, report.error.code]),
    [
      [backups[0]!.path, 'bad-file'],
      ['', 'bad-file'],
    ],
  );
});

test('a hook that fails, however, is warned of, and the backup stays a success', async () => {
  for (const [hook, why] of [
    [['sh', '-c', 'exit 3'], 'sh exited with 3'],
    [['sh', '-c', 'kill -9 $$'], 'sh was ended by SIGKILL'],
    [['no-such-program', 'secret-word'], 'no-such-program cannot be started: there is no such program'],
    [['./backup.config.json'], './backup.config.json cannot be started: it is not executable'],
  ] as const) {
    const { exitCode, stderr } = await project({ afterBackup: hook }).run(['backup']);
    assert.equal(exitCode, 0);
    const warning = stderr.split('\n').find(line => line.startsWith('warning'));
    assert.equal(warning, `warning: the hook afterBackup of target local failed: ${why}`);
    assert.doesNotMatch(stderr, /secret-word/);
  }
});

test('interrupting the run ends the hook and what it started', async () => {
  const its = project({ afterBackup: ['sh', '-c', 'sleep 1000 & echo $! > pid; wait'] });
  const running = its.start(['backup']);
  const pid = join(its.folder, 'pid');
  await waitUntil('the hook runs', () => existsSync(pid) && readFileSync(pid, 'utf8').endsWith('\n'));
  running.kill('SIGINT');
  assert.equal((await running.finished).exitCode, 130);
  await waitUntil('nothing of it runs', () => !existsSync(`/proc/${readFileSync(pid, 'utf8').trim()}`));
  assert.equal(readdirSync(join(its.folder, 'backups')).length, 2);
});

test('a hook that is no list of words is a mistake that shows the list', async () => {
  const { exitCode, stderr } = await project({
    afterBackup: 'curl https://x/secret-word',
    onFailure: [],
  }).run(['backup']);
  assert.equal(exitCode, 2);
  assert.match(stderr, /hooks\.afterBackup: expected .* as a list.*: \["curl", "-fsS", "https:\/\/…"\]/);
  assert.match(stderr, /hooks\.onFailure: expected/);
  assert.doesNotMatch(stderr, /secret-word/);
});

test('rclone copies the backups to another place', async () => {
  if (!findProgram('rclone')) await installPackages(['rclone'], 'The test of the rclone example');
  const hook = [
    'rclone',
    'copy',
    '--include',
    '*_backup_*.sql.gz{,.json,.globals.sql}',
    './backups',
    './offsite',
  ];
  const its = project({ afterBackup: hook });
  mkdirSync(join(its.folder, 'backups'));
  writeFileSync(join(its.folder, 'backups', 'notes.txt'), 'not a backup');
  const { stderr } = await its.run(['backup']);
  assert.doesNotMatch(stderr, /warning/);
  const name = basename(its.newest());
  assert.deepEqual(readdirSync(join(its.folder, 'offsite')).sort(), [name, `${name}.json`]);
  assert.deepEqual(readFileSync(join(its.folder, 'offsite', name)), readFileSync(its.newest()));
});

test('curl tells a health check of success, and of failure with the error', async () => {
  if (!findProgram('curl')) await installPackages(['curl'], 'The test of the health check example');
  const heard: string[] = [];
  const checks = createServer((request, response) => {
    let body = '';
    request.on('data', chunk => (body += chunk));
    request.on('end', () => {
      heard.push(`${request.method} ${request.url} ${body}`);
      response.end();
    });
  });
  await new Promise<void>(resolve => checks.listen(0, '127.0.0.1', resolve));
  afterFile(async () => void checks.close());
  const url = `http://127.0.0.1:${(checks.address() as AddressInfo).port}/uuid`;
  const down = { adapter: 'local-hybrid', url: 'postgresql://127.0.0.1:1/down' };
  const its = project(
    {
      afterBackup: ['curl', '-fsS', '-m', '10', '--retry', '3', url],
      onFailure: ['sh', '-c', `curl -fsS -m 10 --retry 3 --data-raw "$DB_ORCHESTRATE_ERROR" ${url}/fail`],
    },
    { down },
  );
  await its.run(['backup', '--all-targets']);
  assert.match(
    heard.join('\n'),
    /^GET \/uuid \nPOST \/uuid\/fail PostgreSQL on 127\.0\.0\.1:1 cannot be reached/,
  );
});
