import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { execute, pgDump, value } from '../../stage/client.ts';
import { createDatabase } from '../../stage/databases.ts';
import { projectFolder } from '../../stage/project-folder.ts';
import { runProgram } from '../../stage/run-program.ts';
import { hostServer } from '../../stage/servers.ts';
import { type TargetProject, targetProject } from '../../stage/target-project.ts';
import { waitUntil } from '../../stage/wait-until.ts';
import { inFolder, openFolder } from './folder.ts';

/** Lines that pglite-tools would take out of a value, and what is hard to quote. */
const sample = `
  CREATE SCHEMA "odd ""schema""";
  CREATE TABLE "odd ""schema"""."Ta;ble é🐘" (id int PRIMARY KEY, "co l" text, k text CHECK (k IN ('a', 'b')));
  INSERT INTO "odd ""schema"""."Ta;ble é🐘" VALUES
    (1, E'first\\n\\\\restrict me\\n\\\\unrestrict me\\nlast', 'a'), (2, E'it''s \\\\ \\t\\r\\n;\\n-- no comment', 'b'), (3, NULL, NULL);
  CREATE TABLE many AS SELECT n, repeat('x', n % 50) AS x FROM generate_series(1, 5000) n;
  CREATE VIEW v AS SELECT * FROM many WHERE x IN ('', 'x');
  CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN E'a;\\n'; END $$;
  SELECT lo_from_bytea(4711, 'large');`;
const fingerprint = `SELECT (SELECT md5(string_agg(t::text, ',' ORDER BY id)) FROM "odd ""schema"""."Ta;ble é🐘" t)
  || (SELECT sum(n) FROM many) || encode(lo_get(4711), 'escape')`;

describe('a database of PGlite', { timeout: 600_000 }, () => {
  let project: TargetProject;
  let whole: string;

  before(async () => {
    project = targetProject({ app: { adapter: 'pglite', folder: './data' } });
    await inFolder(project.folder, sample);
    whole = await inFolder(project.folder, fingerprint);
  });

  test('is backed up, shown and proved, with every line of every value', async () => {
    const { backups } = await project.must<{ backups: { path: string }[] }>(['backup']);
    const text = gunzipSync(readFileSync(backups[0]!.path)).toString();
    assert.ok(text.includes('first\n\\restrict me\n\\unrestrict me\nlast'));
    const proof = await project.must<{ proven: boolean; tables: { name: string; rows: number }[] }>([
      'verify',
      'latest',
    ]);
    assert.equal(proof.proven, true);
    assert.deepEqual(proof.tables.map(({ rows }) => rows).sort(), [3, 5000]);
    assert.equal((await project.run(['show', 'latest'])).exitCode, 0);
  });

  test('comes back in place, and undo brings back what was there between', async () => {
    await inFolder(project.folder, 'DELETE FROM many; CREATE TABLE later ()');
    const restored = await project.must<{ mode: string; undo: string }>(['restore', 'latest', '--force']);
    assert.equal(restored.mode, 'in-place');
    assert.equal(await inFolder(project.folder, fingerprint), whole);
    assert.equal(await inFolder(project.folder, `SELECT to_regclass('later')`), '');
    await project.must(['undo', '--force']);
    assert.equal(await inFolder(project.folder, 'SELECT count(*) FROM many'), '0');
    await project.must(['undo', '--force']);
    assert.equal(await inFolder(project.folder, fingerprint), whole);
  });

  test('is not restored beside itself: there is one database in a folder', async () => {
    for (const args of [
      ['--into', 'other'],
      ['--mode', 'swap'],
    ]) {
      const { exitCode, stderr } = await project.run(['restore', 'latest', '--force', ...args]);
      assert.equal(exitCode, 6, stderr);
      assert.match(stderr, /has one database, postgres, and none can be filled beside it/);
    }
  });

  test('is not opened while another process has it open', async () => {
    const engine = await openFolder(project.folder);
    try {
      for (const args of [['backup'], ['restore', 'latest', '--force']]) {
        const { exitCode, stderr } = await project.run(args);
        assert.equal(exitCode, 8, stderr);
        assert.match(stderr, new RegExp(`is open in process ${process.pid}`));
      }
    } finally {
      await engine.close();
    }
  });

  test('is as it was, and can be restored, after a kill in the middle of a restore', async () => {
    const before = await inFolder(project.folder, fingerprint);
    for (const moment of [0, 400, 1_500]) {
      const running = project.start(['restore', 'latest', '--force', '--no-safety-backup', '--verbose']);
      await waitUntil('it has the folder', async () => lockOf(project) !== undefined);
      await delay(moment);
      running.child.kill('SIGKILL');
      await running.finished;
      assert.equal(await inFolder(project.folder, fingerprint), before);
    }
    await project.must(['restore', 'latest', '--force']);
    assert.equal(lockOf(project), undefined, 'what the killed runs left is gone');
  });

  test('goes into a real server, and that one’s plain dump into it', async () => {
    const server = await hostServer();
    const database = await createDatabase(server);
    const text = gunzipSync(readFileSync(project.newest())).toString();
    // What PostgreSQL 18 has and an older one does not know.
    await execute(server, database, text.replaceAll(/^SET transaction_timeout = 0;\n/gm, ''));
    assert.equal((await execute(server, database, fingerprint)).trim(), whole);

    await execute(
      server,
      database,
      `CREATE TABLE big AS SELECT n, repeat(md5(n::text), 100) AS t FROM generate_series(1, 3000) n`,
    );
    const dump = join(project.folder, 'dump.sql');
    writeFileSync(dump, await pgDump(server, database));
    await project.must(['restore', dump, '--force', '--target', 'app']);
    assert.equal(await inFolder(project.folder, fingerprint), whole);
    const sum = `SELECT md5(string_agg(t, '' ORDER BY n)) FROM big`;
    assert.equal(await inFolder(project.folder, sum), await value(server, database, sum));
  });

  test('a statement that fails leaves what was there, in the words of the server', async () => {
    const before = await inFolder(project.folder, fingerprint);
    const text = gunzipSync(readFileSync(project.newest())).toString();
    writeFileSync(
      join(project.folder, 'bad.sql'),
      text.replace('CREATE VIEW public.v', 'CREATE VIEW nowhere.v'),
    );
    const { exitCode, stderr } = await project.run(['restore', './bad.sql', '--force', '--target', 'app']);
    assert.equal(exitCode, 6, stderr);
    assert.match(stderr, /schema "nowhere" does not exist/);
    assert.equal(await inFolder(project.folder, fingerprint), before);
  });

  test('without the packages the command that installs them is named', async () => {
    // The tool as it is where nobody has asked for PGlite.
    const tool = projectFolder({
      'backup.config.json': '{"targets":{"app":{"adapter":"pglite","folder":"data"}}}',
    });
    const repository = resolve(import.meta.dirname, '../../..');
    for (const name of ['src', 'adapters', 'package.json'])
      cpSync(join(repository, name), join(tool, name), { recursive: true });
    mkdirSync(join(tool, 'node_modules'));
    for (const name of readdirSync(join(repository, 'node_modules')))
      if (name !== '@electric-sql')
        symlinkSync(join(repository, 'node_modules', name), join(tool, 'node_modules', name));
    const { exitCode, stderr } = await runProgram([process.execPath, 'src/main.ts', 'backup'], { cwd: tool });
    assert.equal(exitCode, 4, stderr);
    assert.match(stderr, /npm install @electric-sql\/pglite@[\d.]+ @electric-sql\/pglite-tools@[\d.]+$/m);
  });
});

function lockOf({ folder }: TargetProject): string | undefined {
  return readdirSync(join(folder, 'data')).find(name => name.endsWith('.lock'));
}
