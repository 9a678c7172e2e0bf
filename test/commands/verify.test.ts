import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { runCli } from '../stage/cli.ts';
import { execute } from '../stage/client.ts';
import { createDatabase } from '../stage/databases.ts';
import { projectFolder } from '../stage/project-folder.ts';
import { hostServer } from '../stage/servers.ts';
import { hostTarget, type TargetProject, targetProject } from '../stage/target-project.ts';

interface Document {
  ok: boolean;
  proven: boolean;
  level: string;
  tables: { name: string; rows: number }[];
  differences: { object: string; what: string }[];
  error?: { code: string; exitCode: number };
}

let project: TargetProject;
let file: string;
let whole: Buffer;

before(async () => {
  const server = await hostServer();
  const database = await createDatabase(server);
  await execute(server, database, 'CREATE TABLE t (id int); INSERT INTO t SELECT generate_series(1, 1000)');
  project = targetProject({ local: hostTarget(server, database) });
  await project.must(['backup']);
  file = project.newest();
  whole = readFileSync(file);
});

async function quick(path = file): Promise<Document & { exitCode: number; stderr: string }> {
  const { stdout, stderr, exitCode } = await project.run(['--json', 'verify', '--quick', path]);
  return { ...JSON.parse(stdout), exitCode, stderr };
}

/** Puts other bytes in the place of the backup, and lets the manifest vouch for them. */
function forge(bytes: Buffer): void {
  writeFileSync(file, bytes);
  const manifest = JSON.parse(readFileSync(`${file}.json`, 'utf8'));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  writeFileSync(`${file}.json`, JSON.stringify({ ...manifest, bytes: bytes.length, sha256 }));
}

test('verify --quick says that a whole backup is whole, with the rows of its tables, and records it', async () => {
  const document = await quick();
  assert.partialDeepStrictEqual(document, {
    ...{ exitCode: 0, ok: true, proven: false, level: 'quick' },
    tables: [{ name: 'public.t', rows: 1000 }],
  });
  assert.equal(JSON.parse(readFileSync(`${file}.json`, 'utf8')).proof.level, 'quick');
  const { stdout } = await project.run(['verify', '--quick', 'latest']);
  assert.match(stdout, /whole \(the file alone was read\): 1 tables?, 1000 rows/);
});

test('verify --quick finds a changed byte by the checksum', async () => {
  const changed = Buffer.from(whole);
  changed[changed.length - 20]! ^= 1;
  writeFileSync(file, changed);
  const document = await quick();
  writeFileSync(file, whole);
  assert.equal(document.exitCode, 7);
  assert.partialDeepStrictEqual(document, {
    ok: false,
    proven: false,
    error: { code: 'bad-file', exitCode: 7 },
  });
  assert.equal(document.differences.length, 1);
});

test('verify --quick finds damage that the checksum and the manifest vouch for', async () => {
  const text = gunzipSync(whole).toString('latin1');
  const damaged: Record<string, Buffer> = {
    'cut in the gzip': whole.subarray(0, whole.length - 100),
    'more bytes behind the last member': Buffer.concat([whole, Buffer.from('more')]),
    'a bit in the gzip': Buffer.from(whole.map((byte, at) => (at === whole.length - 300 ? byte ^ 4 : byte))),
    'cut in the text': gzipSync(text.slice(0, text.indexOf('\\.\n'))),
    'without its closing line': gzipSync(text.replace(/-- PostgreSQL database dump complete\n/, '')),
    'with a meta-command': gzipSync(text.replace('CREATE TABLE', '\\! touch pwned\nCREATE TABLE')),
    'a statement that does not end': gzipSync(
      text.replace('CREATE TABLE public.t (', "CREATE TABLE public.t' ("),
    ),
  };
  for (const [name, bytes] of Object.entries(damaged)) {
    forge(bytes);
    const document = await quick();
    assert.equal(document.exitCode, 7, name);
    assert.equal(document.differences.length, 1, name);
  }
  forge(whole);
  assert.equal((await quick()).exitCode, 0);
});

test('verify --quick needs no configuration and no manifest', async () => {
  const folder = projectFolder({});
  copyFileSync(file, join(folder, 'old_backup_20240101_000000.sql.gz'));
  const args = ['--json', 'verify', '--quick', './old_backup_20240101_000000.sql.gz'];
  const { stdout, exitCode } = await runCli(args, { cwd: folder });
  assert.equal(exitCode, 0);
  assert.equal(JSON.parse(stdout).tables[0].rows, 1000);
  const full = await runCli(['verify', './old_backup_20240101_000000.sql.gz'], { cwd: folder });
  assert.equal(full.exitCode, 2);
  assert.match(full.stderr, /--quick/);
});
