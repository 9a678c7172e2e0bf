import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Manifest } from '../../src/catalog/manifest.ts';
import { type BackupProject, backupProject } from '../operations/backup-project.ts';
import { sampleManifest } from '../store/backup-folder.ts';

const unreachable = 'postgresql://nobody@127.0.0.1:1/app';

function add(
  project: BackupProject,
  stamp: string,
  changes: Partial<Manifest> | undefined = undefined,
): string {
  const path = join(project.backups, `app_backup_${stamp}.sql.gz`);
  writeFileSync(path, 'data!');
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)/.exec(stamp)!.map(Number) as [
    number,
    number,
    number,
    number,
  ];
  const startedAt = new Date(Date.UTC(year, month - 1, day, 12));
  if (changes) writeFileSync(`${path}.json`, JSON.stringify(sampleManifest(startedAt, changes)));
  return path;
}

const idsOf = (stdout: string) => JSON.parse(stdout).backups.map(({ id }: { id: string }) => id);

describe('list', () => {
  test('shows ./backups when nothing is configured', async () => {
    const project = backupProject({});
    add(project, '20260101_120000');
    add(project, '20260102_120000', { target: 'elsewhere', label: 'the good one' });
    const { stdout, stderr, exitCode } = await project.run(['list']);
    assert.equal(exitCode, 0);
    assert.equal(stderr, '');
    const [header, first, second] = stdout.split('\n');
    assert.match(header!, /^ID +DATE +AGE +SIZE +TARGET +LABEL +FILE$/);
    assert.match(
      first!,
      /^20260102_120000 .* 5 B +elsewhere +the good one +\.\/backups\/app_backup_20260102_120000\.sql\.gz$/,
    );
    assert.match(second!, /^20260101_120000 .* 5 B +- +\.\/backups\/app_backup_20260101_120000\.sql\.gz$/);
  });

  test('says that there is nothing on stderr, and prints nothing', async () => {
    const { stdout, stderr, exitCode } = await backupProject({}).run(['list']);
    assert.deepEqual([exitCode, stdout], [0, '']);
    assert.match(stderr, /^no backups yet; make one with: db-orchestrate backup$/m);
  });

  test('prints one document of all that is known', async () => {
    const project = backupProject({});
    const proof = { level: 'proven' as const, at: '2026-01-03T00:00:00Z', seconds: 3 };
    const known = add(project, '20260102_120000', { label: 'x', proof, origin: 'guard' });
    const old = add(project, '20260101_120000');
    const { stdout } = await project.run(['list', '--json']);
    assert.deepEqual(JSON.parse(stdout), {
      backups: [
        {
          id: '20260102_120000',
          path: known,
          target: 'local',
          database: 'app',
          bytes: 5,
          startedAt: '2026-01-02T12:00:00.000Z',
          label: 'x',
          origin: 'guard',
          partial: false,
          proof,
        },
        {
          id: '20260101_120000',
          path: old,
          target: null,
          database: null,
          bytes: 5,
          startedAt: new Date(2026, 0, 1, 12).toISOString(),
          label: null,
          origin: null,
          partial: false,
          proof: null,
        },
      ],
    });
  });

  test('lets nothing of a name or label move the cursor or forge a line', async () => {
    const project = backupProject({});
    const label = 'a\x1b[2Jb\r\n20990101_000000  forged\u202ec\x07';
    add(project, '20260102_120000', { label, target: 'x\x1b]0;y\x07' });
    const { stdout } = await project.run(['list']);
    assert.doesNotMatch(stdout.replaceAll('\n', ''), /[\p{Cc}\u202e]/u);
    assert.equal(stdout.trimEnd().split('\n').length, 2);
  });

  test('gives a long list whole to a pipe', async () => {
    const project = backupProject({});
    for (let day = 0; day < 1000; day++) {
      const date = new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10).replaceAll('-', '');
      add(project, `${date}_120000`);
    }
    const { stdout } = await project.run(['list']);
    assert.equal(stdout.trimEnd().split('\n').length, 1001);
  });
});

describe('list with targets', () => {
  const config = {
    name: 'app',
    defaultTarget: 'b',
    targets: {
      a: { adapter: 'local-hybrid', url: unreachable },
      b: { adapter: 'local-hybrid', url: unreachable },
    },
  };
  const project = backupProject({ config });
  add(project, '20260101_120000', { target: 'a' });
  add(project, '20260102_120000', { target: 'b' });
  add(project, '20260103_120000', { target: 'gone' });
  add(project, '20260104_120000');

  test('shows the default target’s, and what old scripts left with its prefix', async () => {
    assert.deepEqual(idsOf((await project.run(['list', '--json'])).stdout), [
      '20260104_120000',
      '20260102_120000',
    ]);
  });

  test('shows one target’s with --target', async () => {
    assert.deepEqual(idsOf((await project.run(['list', '--json', '--target', 'a'])).stdout), [
      '20260101_120000',
    ]);
  });

  test('shows everything in the folder with --all-targets, a former target’s too', async () => {
    const { stdout } = await project.run(['list', '--json', '--all-targets']);
    assert.deepEqual(idsOf(stdout), [
      '20260104_120000',
      '20260103_120000',
      '20260102_120000',
      '20260101_120000',
    ]);
  });

  test('refuses a target that is not configured', async () => {
    const { exitCode, stderr } = await project.run(['list', '--target', 'c']);
    assert.equal(exitCode, 2);
    assert.match(stderr, /unknown target "c"/);
  });
});

test('list connects to nothing', async t => {
  let connections = 0;
  const server = createServer(socket => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as { port: number };
  const env = {
    DATABASE_URL: `postgresql://me@127.0.0.1:${port}/app`,
    DOCKER_HOST: `tcp://127.0.0.1:${port}`,
    DB_CONTAINER: 'pg',
  };
  const project = backupProject({ env });
  add(project, '20260101_120000');
  const { exitCode, stdout } = await project.run(['list', '--all-targets', '--json']);
  assert.equal(exitCode, 0);
  assert.equal(JSON.parse(stdout).backups[0].target, 'local');
  assert.equal(connections, 0);
});
