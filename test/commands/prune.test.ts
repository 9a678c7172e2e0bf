import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Manifest } from '../../src/catalog/manifest.ts';
import { type BackupProject, backupProject } from '../operations/backup-project.ts';
import { afterFile } from '../stage/after-file.ts';
import { runProgram } from '../stage/run-program.ts';
import { sampleManifest } from '../store/backup-folder.ts';

const wholeDump =
  '--\n-- PostgreSQL database dump\n--\n\nSELECT 1;\n\n--\n-- PostgreSQL database dump complete\n--\n\n';

function projectKeeping(retention: object | undefined, targets: object = {}): BackupProject {
  const local = { adapter: 'local-hybrid', url: 'postgresql://nobody@127.0.0.1:1/app' };
  return backupProject({
    config: {
      name: 'app',
      defaultTarget: 'local',
      ...(retention && { retention }),
      targets: { local, ...targets },
    },
  });
}

/** A whole backup of November 2026, noon; `content` is what is stored. */
function add(
  project: BackupProject,
  day: number,
  changes: Partial<Manifest> = {},
  content = 'data!',
): string {
  const name = `app_backup_202611${String(day).padStart(2, '0')}_120000.sql.gz`;
  const sha256 = createHash('sha256').update('data!').digest('hex');
  writeFileSync(join(project.backups, name), content);
  const startedAt = new Date(2026, 10, day, 12);
  const manifest = sampleManifest(new Date(Math.min(startedAt.getTime(), Date.now() - 60_000 * (31 - day))), {
    sha256,
    ...changes,
  });
  writeFileSync(join(project.backups, `${name}.json`), JSON.stringify(manifest));
  return name;
}

/** A file of an old script: no manifest. */
function addOld(project: BackupProject, day: number, text: string): string {
  const name = `app_backup_202511${String(day).padStart(2, '0')}_120000.sql.gz`;
  writeFileSync(join(project.backups, name), gzipSync(text));
  return name;
}

describe('prune', () => {
  test('removes what no rule keeps, with its manifest, and says why the rest stays', async () => {
    const project = projectKeeping({ last: 2 });
    const [one, two, three] = [1, 2, 3].map(day => add(project, day)) as [string, string, string];
    const labelled = add(project, 4, { label: 'keep me', startedAt: '2026-01-01T00:00:00Z' });
    const { exitCode, stdout } = await project.run(['prune']);
    assert.equal(exitCode, 0);
    assert.deepEqual(project.dataNames(), [two, three, labelled]);
    assert.equal(project.names().length, 6);
    assert.match(stdout, new RegExp(`^${labelled} +kept +has a label$`, 'm'));
    assert.match(stdout, new RegExp(`^${three} +kept +the last good one, last$`, 'm'));
    assert.match(stdout, new RegExp(`^${one} +removed +no rule keeps it$`, 'm'));
  });

  test('with --dry-run removes nothing, and says what would go', async () => {
    const project = projectKeeping({ last: 1 });
    const [one, two] = [add(project, 1), add(project, 2)];
    const { stdout } = await project.run(['prune', '--dry-run', '--json']);
    assert.deepEqual(JSON.parse(stdout), {
      kept: [{ path: join(project.backups, two), reasons: ['the last good one', 'last'] }],
      removed: [{ path: join(project.backups, one) }],
      failed: [],
      dropped: [],
    });
    assert.deepEqual(project.dataNames(), [one, two]);
  });

  test('takes rules from the command line instead of the configuration', async () => {
    const project = projectKeeping({ last: 5 });
    const names = [1, 2, 3].map(day => add(project, day));
    await project.run(['prune', '--keep-last', '1']);
    assert.deepEqual(project.dataNames(), names.slice(2));
  });

  test('removes nothing where no retention is configured', async () => {
    const project = projectKeeping(undefined);
    const names = [1, 2, 3].map(day => add(project, day));
    const { stdout } = await project.run(['prune']);
    assert.deepEqual(project.dataNames(), names);
    assert.match(stdout, /no retention is configured/);
  });

  for (const count of ['0', '-1', '1.5', 'all', '']) {
    test(`refuses --keep-last=${count}`, async () => {
      const { exitCode, stderr } = await projectKeeping(undefined).run(['prune', `--keep-last=${count}`]);
      assert.equal(exitCode, 2);
      assert.match(stderr, /whole number from 1 on/);
    });
  }

  test('lets 20-byte files of a failing old script push no good one out', async () => {
    const project = projectKeeping({ last: 3 });
    const good = [1, 2, 3].map(day => addOld(project, day, wholeDump));
    const empty = [11, 12, 13, 14, 15, 16, 17].map(day => addOld(project, day, ''));
    assert.equal(lstatSync(join(project.backups, empty[0]!)).size, 20);
    const { stdout } = await project.run(['prune', '--json']);
    assert.deepEqual(JSON.parse(stdout).removed, []);
    assert.deepEqual(project.dataNames(), [...good, ...empty]);
  });

  test('reads the last good one to its end first: where it was changed, the one before stays', async () => {
    const project = projectKeeping({ last: 1 });
    const [one, two] = [add(project, 1), add(project, 2)];
    const changed = add(project, 3, {}, 'dAta!');
    const { stdout, stderr } = await project.run(['prune', '--json']);
    assert.deepEqual(
      JSON.parse(stdout).removed.map(({ path }: { path: string }) => basename(path)),
      [one],
    );
    assert.deepEqual(project.dataNames(), [two, changed]);
    assert.match(stderr, /^warning: not counted, its SHA-256 is not as recorded: .*20261103/m);
  });

  test('keeps what has a manifest that cannot be read', async () => {
    const project = projectKeeping({ last: 1 });
    const [later, , newest] = [add(project, 1), add(project, 2), add(project, 3)];
    writeFileSync(join(project.backups, `${later}.json`), '{"format": 2, "label": "from a later version"}');
    await project.run(['prune']);
    assert.deepEqual(project.dataNames(), [later, newest]);
  });

  test('touches no other target’s backups and no foreign file', async () => {
    const other = { adapter: 'local-hybrid', url: 'postgresql://nobody@127.0.0.1:1/other' };
    const project = projectKeeping({ last: 1 }, { other });
    const theirs = [add(project, 1, { target: 'other' }), add(project, 2, { target: 'other' })];
    add(project, 3);
    const newest = add(project, 4);
    const foreign = ['notes.txt', 'else_backup_20200101_000000.sql.gz', 'app_20200101_000000.sql.gz'];
    for (const name of foreign) writeFileSync(join(project.backups, name), '');
    await project.run(['prune']);
    assert.deepEqual(
      project.names().filter(name => !name.endsWith('.json')),
      [...foreign, ...theirs, newest].sort(),
    );
  });

  test('never follows a link', async () => {
    const project = projectKeeping({ last: 1 });
    add(project, 3);
    const precious = join(project.folder, 'app_backup_20200101_000000.sql.gz');
    writeFileSync(precious, gzipSync(wholeDump));
    symlinkSync(precious, join(project.backups, 'app_backup_20200101_000000.sql.gz'));
    const aside = add(project, 1);
    writeFileSync(join(project.folder, 'manifest'), readFileSync(join(project.backups, `${aside}.json`)));
    await runProgram(['ln', '-sf', '../manifest', join(project.backups, `${aside}.json`)]);
    const { stdout } = await project.run(['prune', '--json']);
    assert.deepEqual(JSON.parse(stdout).removed, [{ path: join(project.backups, aside) }]);
    assert.ok(existsSync(precious) && existsSync(join(project.folder, 'manifest')));
    assert.ok(lstatSync(join(project.backups, basename(precious))).isSymbolicLink());
  });

  test('a file that cannot be removed does not stop the others: exit code 10', async t => {
    const project = projectKeeping({ last: 1 });
    const [one, two, newest] = [add(project, 1), add(project, 2), add(project, 3)];
    const path = join(project.backups, two);
    if (!(await makeUndeletable(path))) return t.skip('only root can make a file undeletable here');
    const { exitCode, stdout } = await project.run(['prune', '--json']);
    assert.equal(exitCode, 10);
    const { removed, failed } = JSON.parse(stdout);
    assert.deepEqual(removed, [{ path: join(project.backups, one) }]);
    assert.equal(failed[0].path, path);
    assert.match(failed[0].error, /EPERM|EBUSY/);
    assert.deepEqual(project.dataNames(), [two, newest]);
    assert.ok(existsSync(`${path}.json`));
  });
});

/** A mount point cannot be removed; the immutable flag is not there on every file system. */
async function makeUndeletable(path: string): Promise<boolean> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const mounted = await runProgram(['mount', '--bind', path, path]);
  if (mounted.exitCode === 0) afterFile(async () => void (await runProgram(['umount', path])));
  return mounted.exitCode === 0;
}
