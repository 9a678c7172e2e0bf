import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { connectionUrl, execute, literal, value } from '../stage/client.ts';
import { createDatabase } from '../stage/databases.ts';
import { openSession } from '../stage/open-session.ts';
import type { PgServer } from '../stage/part.ts';
import type { RunningProgram } from '../stage/run-program.ts';
import { hostServer } from '../stage/servers.ts';
import { waitUntil } from '../stage/wait-until.ts';
import { type BackupProject, backupProject } from './backup-project.ts';
import { fakeClients } from './fake-clients.ts';

const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
const earlier = 'app_backup_20200101_000000.sql.gz';

let server: PgServer;
/** Has a table that somebody has locked. */
let locked: string;
/** Has some megabytes. */
let filled: string;

before(async () => {
  server = await hostServer();
  locked = await createDatabase(server);
  await execute(server, locked, 'CREATE TABLE t (x int)');
  const holder = openSession(server, locked);
  await holder.execute('BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE');
  filled = await createDatabase(server);
  const rows = `SELECT n, md5(n::text) || md5(n::text || 'x') FROM generate_series(1, 60000) n`;
  await execute(server, filled, `CREATE TABLE t (n, x) AS ${rows}`);
});

/** A run whose pg_dump waits for a lock. */
async function waiting(): Promise<{ project: BackupProject; run: RunningProgram }> {
  const project = backupProject({ env: { DATABASE_URL: connectionUrl(server, locked) } });
  writeFileSync(join(project.backups, earlier), 'earlier');
  const run = project.start(['backup']);
  const queue = `SELECT count(*) FROM pg_locks WHERE NOT granted AND relation IS NOT NULL
    AND database = (SELECT oid FROM pg_database WHERE datname = ${literal(locked)})`;
  await whileRunning(run, 'both pg_dumps wait', async () => (await value(server, 'postgres', queue)) === 2);
  return { project, run };
}

/** A run that has stored a part, and whose pg_dump sends no more. */
async function half(): Promise<{ project: BackupProject; run: RunningProgram; staged: string }> {
  const binDirectory = fakeClients(server, '"$real" "$@" | head -c 3000000; exec sleep 1000');
  const url = connectionUrl(server, filled);
  const config = {
    targets: {
      // Its pg_dump has all the rows.
      stuck: { adapter: 'local-hybrid', url, binDirectory, jobs: 1 },
      fine: { adapter: 'local-hybrid', url },
    },
  };
  const project = backupProject({ config });
  writeFileSync(join(project.backups, earlier), 'earlier');
  const run = project.start(['backup', '--target', 'stuck']);
  const staged = () => project.names().find(name => name.endsWith('.partial')) ?? '';
  const size = () => (staged() ? statSync(join(project.backups, staged())).size : 0);
  await whileRunning(run, 'a part is stored', () => size() > 0);
  return { project, run, staged: staged() };
}

async function whileRunning(run: RunningProgram, what: string, ask: () => boolean | Promise<boolean>) {
  await waitUntil(what, async () => {
    if (run.child.exitCode !== null) throw new Error(`it ended: ${run.stderrSoFar()}`);
    return ask();
  });
}

/** The programs and the server's sessions of the runs on a database. */
async function left(database: string): Promise<unknown[]> {
  const sessions = `SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'db-orchestrate %'
    AND datname = ${literal(database)}`;
  const programs = readdirSync('/proc')
    .filter(pid => /^\d+$/.test(pid))
    .map(pid => commandLine(pid))
    .filter(line => line.includes(`dbname='${database}'`));
  return [await value(server, 'postgres', sessions), ...programs];
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // it has ended
  }
}

describe('while pg_dump waits for a lock', () => {
  for (const [signal, exitCode] of Object.entries(signals)) {
    test(`${signal} ends it with its backend: exit code ${exitCode}`, async () => {
      const { project, run } = await waiting();
      run.kill(signal as NodeJS.Signals);
      const ended = await run.finished;
      assert.equal(ended.exitCode, exitCode);
      assert.match(ended.stderr, new RegExp(`^error: interrupted by ${signal}$`, 'm'));
      assert.deepEqual(project.names(), [earlier]);
      assert.deepEqual(await left(locked), [0]);
    });
  }

  test('SIGKILL leaves neither pg_dump nor its backend behind', async () => {
    const { run } = await waiting();
    run.kill('SIGKILL');
    await run.finished;
    await waitUntil('nothing is left', async () => JSON.stringify(await left(locked)) === '[0]');
  });
});

describe('in the middle of the data', () => {
  for (const [signal, exitCode] of Object.entries(signals)) {
    test(`${signal} leaves no file, no program and no session: exit code ${exitCode}`, async () => {
      const { project, run } = await half();
      run.kill(signal as NodeJS.Signals);
      assert.equal((await run.finished).exitCode, exitCode);
      assert.deepEqual(project.names(), [earlier]);
      assert.equal(readFileSync(join(project.backups, earlier), 'utf8'), 'earlier');
      assert.deepEqual(await left(filled), [0]);
    });
  }

  test('what a living run has staged stays; after SIGKILL the next run clears it and says so', async () => {
    const { project, run, staged } = await half();
    const beside = await project.run(['backup', '--target', 'fine']);
    assert.equal(beside.exitCode, 0, beside.stderr);
    assert.doesNotMatch(beside.stderr, /cleared/);
    assert.ok(project.names().includes(staged));

    run.kill('SIGKILL');
    await run.finished;
    assert.ok(project.names().includes(staged));
    const next = await project.run(['backup', '--target', 'fine']);
    assert.equal(next.exitCode, 0, next.stderr);
    assert.ok(next.stderr.includes(`cleared what an interrupted run left: ${join(project.backups, staged)}`));
    assert.equal(project.dataNames().length, 3);
    assert.equal(project.names().length, 5);
    await waitUntil('nothing is left', async () => JSON.stringify(await left(filled)) === '[0]');
  });
});
