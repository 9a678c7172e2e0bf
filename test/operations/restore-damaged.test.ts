import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { OrchestrateError } from '../../src/errors.ts';
import { checkFile } from '../../src/operations/file/check-file.ts';
import { execute, rows } from '../stage/client.ts';
import { createDatabase } from '../stage/databases.ts';
import { differences, type Fingerprint, fingerprint } from '../stage/fingerprint.ts';
import type { PgServer } from '../stage/part.ts';
import { hostServer } from '../stage/servers.ts';
import { hostTarget, type TargetProject, targetProject } from '../stage/target-project.ts';
import { testRun } from './backup-in-process.ts';

/** Refused whatever is in them, before any server is asked. */
describe('a file that is damaged or hostile is refused with 7, and nothing is touched:', () => {
  let server: PgServer;
  let database: string;
  let project: TargetProject;
  let whole: Fingerprint;
  let stored: Buffer;
  let sql: string;

  before(async () => {
    server = await hostServer();
    database = await createDatabase(server);
    await execute(server, database, sample);
    whole = await fingerprint(server, database);
    project = targetProject({ local: hostTarget(server, database) });
    await project.must(['backup']);
    stored = readFileSync(project.newest());
    sql = gunzipSync(stored).toString();
    mkdirSync(join(project.folder, 'bad'));
  });

  /** A restore checks the whole file before it opens the server; see below that it does. */
  async function refused(content: Buffer | string, message: RegExp): Promise<void> {
    const path = join(project.folder, 'bad/file.sql.gz');
    writeFileSync(path, content);
    const failure = await checkFile({ path, backup: undefined }, testRun(project.folder)).catch(
      error => error,
    );
    assert.ok(failure instanceof OrchestrateError, String(failure));
    assert.deepEqual([failure.code, failure.exitCode], ['bad-file', 7]);
    assert.match(failure.message, message);
    assert.ok(failure.hint);
  }

  const damaged: Record<string, [content: () => Buffer | string, message: RegExp]> = {
    'one byte short': [() => stored.subarray(0, -1), /damaged: unexpected end of file/],
    'cut in the middle': [() => stored.subarray(0, stored.length / 2), /damaged: unexpected end of file/],
    'empty gzip': [() => gzipSync(''), /is empty/],
    'an empty file': [() => '', /is empty/],
    'a flipped bit': [() => flipped(stored, stored.length - 40), /damaged: /],
    'bytes behind the end': [() => Buffer.concat([stored, Buffer.from('x')]), /damaged: /],
    'the SQL cut inside valid gzip': [() => gzipSync(sql.slice(0, sql.indexOf('7\tseven'))), /incomplete/],
    'without its last line': [() => gzipSync(sql.replace(/\n\\unrestrict.*\n*$/, '\n')), /incomplete/],
    'an error text instead of SQL': [
      () => gzipSync('Error response from daemon: No such container: db\n'),
      /an error instead of a dump at line 1/,
    ],
    'text of no kind': [() => Buffer.from('not gzip at all'), /incomplete: it ends inside line 1/],
    'SQL behind the end': [() => gzipSync(`${sql}DROP TABLE t;\n`), /line \d+/],
    'two dumps in one': [() => gzipSync(sql + sql), /line \d+/],
  };
  for (const [what, [content, message]] of Object.entries(damaged))
    test(what, () => refused(content(), message));

  test('a meta-command of psql at any place', async () => {
    const touch = join(project.folder, 'touched');
    const places = [/(?=^SET statement_timeout)/m, /(?=^CREATE TABLE)/m, /(?=^-- Data for Name)/m, /$/];
    const commands = [
      `\\! touch '${touch}'`,
      `\\copy t from program 'touch ${touch}'`,
      `\\o |touch ${touch}`,
    ];
    commands.push(`\\set x \`touch ${touch}\``, `SELECT 1 \\g |touch ${touch}`, '\\connect postgres');
    for (const [index, command] of commands.entries()) {
      const place = places[index % places.length]!;
      await refused(gzipSync(sql.replace(place, () => `${command}\n`)), /line \d+/);
    }
  });

  test('a restriction that the file closes by itself', async () => {
    const key = /^\\restrict (\w+)$/m.exec(sql)?.[1];
    const trap = `\\unrestrict ${key}\n\\! touch '${join(project.folder, 'touched')}'\n\\restrict ${key}\n`;
    await refused(gzipSync(sql.replace(/(?=^CREATE TABLE)/m, () => trap)), /line \d+/);
  });

  test('another content than its manifest says, although it is a whole dump', async () => {
    const name = project.newest().split('/').at(-1)!;
    const path = join(project.folder, 'bad', name);
    copyFileSync(`${project.newest()}.json`, `${path}.json`);
    writeFileSync(path, gzipSync(sql.replace('7\tseven', '7\tSEVEN')));
    const result = await project.run(['restore', path, '--force', '--target', 'local']);
    assert.equal(result.exitCode, 7);
    assert.match(result.stderr, /not what its manifest says/);
  });

  test('and the command says so, with a hint', async () => {
    const files: [content: Buffer, message: RegExp][] = [
      [stored.subarray(0, -1), /^error: .*damaged: unexpected end of file$/m],
      [gzipSync(sql.replace('CREATE', '\\! touch touched\n$&')), /^error: psql meta-command at line \d+/m],
      [gzipSync(sql.slice(0, sql.indexOf('7\tseven'))), /^error: the dump is incomplete/m],
    ];
    for (const [content, message] of files) {
      writeFileSync(join(project.folder, 'bad/file.sql.gz'), content);
      const { exitCode, stderr } = await project.run(['restore', 'bad/file.sql.gz', '--force']);
      assert.equal(exitCode, 7, stderr);
      assert.match(stderr, message);
      assert.match(stderr, /^hint: /m);
    }
  });

  test('cut at any place', async () => {
    const path = join(project.folder, 'bad/cut.sql.gz');
    const run = testRun(project.folder);
    for (let part = 1; part < 100; part += 1) {
      const at = Math.floor((stored.length * part) / 100);
      for (const content of [stored.subarray(0, at), gzipSync(sql.slice(0, (sql.length * part) / 100))]) {
        writeFileSync(path, content);
        await assert.rejects(checkFile({ path, backup: undefined }, run), { code: 'bad-file' });
      }
    }
  });

  test('after all of them the database is as it was, beside it there is none, and no command ran', async () => {
    const like = `SELECT datname FROM pg_database WHERE starts_with(datname, '${database}_')`;
    assert.deepEqual(await rows(server, 'postgres', like), []);
    assert.deepEqual(differences(whole, await fingerprint(server, database)), []);
    assert.equal(existsSync(join(project.folder, 'touched')), false);
  });

  test('what looks like a meta-command within data, a function or a comment is none', async () => {
    await project.must(['restore', 'latest', '--force']);
    assert.deepEqual(differences(whole, await fingerprint(server, database)), []);
  });
});

function flipped(content: Buffer, at: number): Buffer {
  const copy = Buffer.from(content);
  copy[at]! ^= 16;
  return copy;
}

const sample = `
  CREATE TABLE t (n int PRIMARY KEY, s text);
  INSERT INTO t SELECT n, md5(n::text) FROM generate_series(10, 2000) n;
  INSERT INTO t VALUES (7, 'seven'), (8, E'\\n\\\\! touch touched\\n\\\\.\\n'), (9, E'\\\\unrestrict x');
  CREATE FUNCTION f() RETURNS text LANGUAGE sql AS E'SELECT ''\\n\\\\! touch touched\\n''';
  COMMENT ON TABLE t IS E'\\n\\\\! touch touched\\n';
`;
