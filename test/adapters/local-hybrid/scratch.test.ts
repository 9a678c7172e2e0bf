import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { before, describe, test } from 'node:test';
import { localHybrid } from '../../../adapters/local-hybrid/adapter.ts';
import { hostInstallHint } from '../../../adapters/local-hybrid/install-hint.ts';
import type { ScratchNeed, Server } from '../../../src/contract/adapter.ts';
import { testRun } from '../../operations/backup-in-process.ts';
import { afterFile } from '../../stage/after-file.ts';
import { cleanEnv } from '../../stage/cli.ts';
import { hostPrograms } from '../../stage/host-programs.ts';
import type { PgPrograms } from '../../stage/part.ts';
import { projectFolder } from '../../stage/project-folder.ts';
import { type RunningProgram, runProgram, startProgram } from '../../stage/run-program.ts';
import { stage } from '../../stage/stage.ts';
import { waitUntil } from '../../stage/wait-until.ts';
import { anyServer, isThrowaway, roundTrip, select } from '../scratch.ts';

const isRoot = process.getuid?.() === 0;
let host: PgPrograms;
let programs17: PgPrograms;
/** Where the temporary clusters of this file are, so that those of others are not counted. */
let temporary: string;

before(async () => {
  host = await hostPrograms();
  programs17 = await stage('programs17');
  temporary = mkdtempSync('/tmp/dbo-t-');
  if (isRoot) await runProgram(['chown', 'nobody', temporary]);
});
// The last one first.
afterFile(async () => void (await runProgram(['rmdir', temporary])));
afterFile(async () => assert.deepEqual(readdirSync(temporary), [], 'nothing may be left'));

async function scratch(
  need: Partial<ScratchNeed> = {},
  { binDirectory = host.binDirectory, signal = new AbortController().signal, env = {} } = {},
): Promise<Server> {
  const run = testRun('/', { env: { ...cleanEnv(), TMPDIR: temporary, ...env }, signal });
  const server = await localHybrid.scratch!({ binDirectory }, { ...anyServer, ...need }, run);
  afterFile(server.close);
  return server;
}

const folderOf = async (server: Server) =>
  dirname((await select<{ d: string }>(server, `SELECT current_setting('data_directory') AS d`))[0]!.d);

const postmasterOf = (folder: string) =>
  Number.parseInt(readFileSync(join(folder, 'data/postmaster.pid'), 'utf8'), 10);

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

test('a temporary cluster is a whole server, of which nothing is left after it is closed', async () => {
  const server = await scratch({ serverMajor: host.major, dumpMajor: host.major });
  await isThrowaway(server, host.major);
  assert.equal(
    server.describe,
    `PostgreSQL ${server.version.text} in a temporary cluster of ${host.binDirectory}`,
  );
  assert.match(await roundTrip(server), /COPY public\.one \(n\) FROM stdin;\n1\n\\\.\n/);
  assert.ok(((await server.freeBytes?.('/')) ?? 0) > 0);
  const folder = await folderOf(server);
  const postmaster = postmasterOf(folder);
  assert.equal(dirname(folder), temporary);
  assert.equal(statSync(folder).mode & 0o777, 0o700, 'nobody else may reach its socket');
  const uid = isRoot ? Number((await runProgram(['id', '-u', 'nobody'])).stdout) : process.getuid?.();
  const status = readFileSync(`/proc/${postmaster}/status`, 'utf8');
  assert.match(
    status,
    new RegExp(`^Uid:\\s+${uid}\\s+${uid}\\s`, 'm'),
    'never root, nor the user of a real server',
  );
  if (isRoot) assert.match(status, /^Groups:\s*$/m, 'nor of a group of root');
  await server.close();
  await server.close();
  assert.ok(!existsSync(folder));
  assert.ok(!isRunning(postmaster));
});

test('two temporary clusters at once do not meet, and one of another version is made of its own programs', async () => {
  const [one, two] = await Promise.all([
    scratch(
      {},
      { env: { PGHOST: '/nowhere', PGPORT: '1', PGUSER: 'x', PGDATABASE: 'x', PGOPTIONS: '-c x=y' } },
    ),
    scratch({ serverMajor: 16, dumpMajor: 17 }, { binDirectory: programs17.binDirectory }),
  ]);
  await isThrowaway(one, host.major);
  await isThrowaway(two, 17);
  assert.notEqual(await folderOf(one), await folderOf(two));
  await one.close();
  assert.match(await roundTrip(two), /Dumped by pg_dump version 17/);
  await two.close();
});

test('the settings that are needed arrive, whatever is in them, but none that would let others in', async () => {
  const awkward = `it's \\ "a"\n\t#b é`;
  const settings = {
    shared_preload_libraries: 'auto_explain',
    'own.value': awkward,
    work_mem: '5MB',
    port: '1',
  };
  const server = await scratch({ settings: { ...settings, listen_addresses: '*', autovacuum: 'on' } });
  const names = [...Object.keys(settings), 'listen_addresses', 'autovacuum', 'auto_explain.log_min_duration'];
  const asked = names.map(name => `current_setting('${name}') AS "${name}"`).join(', ');
  assert.deepEqual(await select(server, `SELECT ${asked}`), [
    {
      ...settings,
      port: '5432',
      listen_addresses: '',
      autovacuum: 'on',
      'auto_explain.log_min_duration': '-1',
    },
  ]);
  await server.close();
});

test('where a socket would have no address, or nobody may write, the cluster is in /tmp', async () => {
  mkdirSync(join(temporary, 'x'.repeat(60)), { mode: 0o777 });
  for (const TMPDIR of [join(temporary, 'x'.repeat(60)), projectFolder()]) {
    const server = await scratch({}, { env: { TMPDIR } });
    assert.equal(dirname(await folderOf(server)), '/tmp');
    await server.close();
  }
  rmdirSync(join(temporary, 'x'.repeat(60)));
});

describe('what cannot be is told:', () => {
  const refused = (need: Partial<ScratchNeed>, binDirectory?: string) =>
    scratch(need, binDirectory ? { binDirectory } : {}).then(
      () => assert.fail('it started'),
      error => error,
    );

  test('a library that is missing, by its name and in the words of the server', async () => {
    const error = await refused({ settings: { shared_preload_libraries: 'auto_explain,no_such_library' } });
    assert.equal(error.code, 'no-client');
    assert.match(error.message, /did not start: FATAL: +could not access file "no_such_library"/);
    assert.match(error.hint, /the library no_such_library/);
    assert.deepEqual(readdirSync(temporary), []);
  });

  test('a setting that the server does not have', async () => {
    const error = await refused({ settings: { no_such_setting: 'x' } });
    assert.equal(error.code, 'no-client');
    assert.match(error.message, /unrecognized configuration parameter "no_such_setting"/);
  });

  test('programs that are missing', async () => {
    const folder = projectFolder();
    for (const name of ['pg_dump', 'psql']) symlinkSync(join(host.binDirectory, name), join(folder, name));
    const error = await refused({ serverMajor: 17 }, folder);
    assert.equal(error.code, 'no-client');
    assert.match(error.message, /no server programs of PostgreSQL .+ on this host/);
    assert.equal(error.hint, hostInstallHint('server', 17));
  });

  test('programs that are too old', async () => {
    const error = await refused({ serverMajor: 18 }, programs17.binDirectory);
    assert.equal(error.code, 'no-client');
    assert.match(
      error.message,
      /are of PostgreSQL 17\.\d+, older than the server of the backup, PostgreSQL 18/,
    );
    assert.equal(error.hint, hostInstallHint('server', 18));
  });
});

test('an interruption while it starts leaves nothing', async () => {
  for (const wait of [0, 500]) {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), wait);
    await assert.rejects(scratch({}, { signal: controller.signal }), { code: 'interrupted' });
    assert.deepEqual(readdirSync(temporary), []);
  }
});

describe('of a run that is killed', () => {
  async function killedRun(): Promise<{
    run: RunningProgram;
    folder: string;
    postmaster: number;
    script: number;
  }> {
    const program = join(import.meta.dirname, '../open-scratch.ts');
    const options = JSON.stringify({ binDirectory: host.binDirectory });
    const run = startProgram([process.execPath, program, 'local-hybrid', options], {
      env: { ...cleanEnv(), TMPDIR: temporary },
    });
    afterFile(async () => run.kill('SIGKILL'));
    await waitUntil(`it is open ${run.stderrSoFar()}`, () => run.stdoutSoFar().endsWith('\n'));
    const folder = dirname(JSON.parse(run.stdoutSoFar())[0].data);
    const { stdout } = await runProgram(['ps', '-o', 'pid=,args=', '--ppid', String(run.pid)]);
    const script = Number(
      stdout
        .split('\n')
        .find(line => line.includes('initdb'))
        ?.trim()
        .split(' ')[0],
    );
    return { run, folder, postmaster: postmasterOf(folder), script };
  }

  test('nothing is left', async () => {
    const { run, folder, postmaster } = await killedRun();
    run.kill('SIGKILL');
    await run.finished;
    await waitUntil('the folder is gone', () => !existsSync(folder));
    assert.ok(!isRunning(postmaster));
  });

  test('whose script was killed too nothing is left after the next call, which leaves alone what lives', async () => {
    const [dead, alive] = [await killedRun(), await killedRun()];
    assert.ok(dead.script > 0);
    process.kill(dead.script, 'SIGKILL');
    dead.run.kill('SIGKILL');
    await dead.run.finished;
    assert.ok(isRunning(dead.postmaster));
    // Names that are no cluster of ours.
    mkdirSync(join(temporary, 'dbo-scratch-x'));
    await (await scratch()).close();
    assert.deepEqual(readdirSync(temporary).sort(), ['dbo-scratch-x', alive.folder.split('/').at(-1)].sort());
    assert.ok(!isRunning(dead.postmaster));
    assert.ok(isRunning(alive.postmaster));
    await runProgram(['rmdir', join(temporary, 'dbo-scratch-x')]);
    alive.run.kill('SIGKILL');
    await alive.run.finished;
    await waitUntil('the folder is gone', () => !existsSync(alive.folder));
  });
});
