import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { execute, pgDump, pgProgram, value } from '../stage/client.ts';
import { createDatabase, createRole } from '../stage/databases.ts';
import { differences, type Fingerprint, fingerprint } from '../stage/fingerprint.ts';
import type { PgServer } from '../stage/part.ts';
import { hostServer } from '../stage/servers.ts';
import { hostTarget, type TargetProject, targetProject } from '../stage/target-project.ts';

const sample = `
  CREATE TABLE t (n serial PRIMARY KEY, s text);
  INSERT INTO t (s) SELECT md5(n::text) FROM generate_series(1, 2000) n;
  INSERT INTO t (s) VALUES (E'tab\\t, line\\n, return\\r, both\\r\\n, back\\\\slash');
  CREATE FUNCTION f() RETURNS text LANGUAGE sql AS E'SELECT ''one\\ntwo''';
  SELECT lo_from_bytea(4711, E'line\\nline');
`;

describe('a dump that another program made', () => {
  let server: PgServer;
  let database: string;
  let project: TargetProject;
  let whole: Fingerprint;
  let file: (name: string, content: string | Buffer) => string;

  before(async () => {
    server = await hostServer();
    const owner = await createRole(server, 'secret');
    database = await createDatabase(server);
    await execute(server, database, `${sample} ALTER TABLE t OWNER TO ${owner};`);
    whole = await fingerprint(server, database);
    project = targetProject({ local: hostTarget(server, database) });
    mkdirSync(join(project.folder, 'dumps'));
    file = (name, content) => {
      const path = join(project.folder, 'dumps', name);
      writeFileSync(path, content);
      return path;
    };
  });

  const good: Record<string, (plain: () => Promise<Buffer>) => Promise<[name: string, content: Buffer]>> = {
    'as plain SQL': async plain => ['plain.sql', await plain()],
    'compressed by gzip, with owners in it': async plain => ['plain.sql.gz', gzipSync(await plain())],
    'in several gzip members': async plain => {
      const text = await plain();
      const members = [text.subarray(0, 5000), text.subarray(5000)].map(part => gzipSync(part));
      return ['members.sql.gz', Buffer.concat(members)];
    },
    'through a terminal, with CRLF everywhere, by an old script': async plain => [
      'test_backup_20200102_030405.sql.gz',
      gzipSync((await plain()).toString('latin1').replaceAll('\n', '\r\n')),
    ],
    'as INSERT statements': async () => ['inserts.sql', await pgDump(server, database, ['--inserts'])],
    'as INSERT statements with columns, many rows each': async () => [
      'columns.sql',
      await pgDump(server, database, ['--column-inserts', '--rows-per-insert=100']),
    ],
  };
  for (const [how, make] of Object.entries(good)) {
    test(`is restored ${how}`, async () => {
      const path = file(...(await make(() => pgDump(server, database))));
      await execute(server, database, 'DROP TABLE t; SELECT lo_unlink(4711)');
      await project.must(['restore', path, '--force', '--target', 'local']);
      assert.deepEqual(differences(whole, await fingerprint(server, database)), []);
    });
  }

  test("is restored with pg_dump's warnings among the statements, and says them", async () => {
    const notice = 'pg_dump: warning: there are circular foreign-key constraints on this table:';
    const text = (await pgDump(server, database))
      .toString('latin1')
      .replace('\nCREATE TABLE', `\n${notice}$&`);
    const result = await project.run(['restore', file('notice.sql', Buffer.from(text, 'latin1')), '--force']);
    assert.equal(result.exitCode, 0, result.stderr);
    assert.match(result.stderr, /warning: set aside at line \d+ of the file: pg_dump: warning: there are/);
    assert.deepEqual(differences(whole, await fingerprint(server, database)), []);
  });

  test('is refused when some of its line ends were changed and some not', async () => {
    const text = (await pgDump(server, database)).toString('latin1');
    const mixed = text.replaceAll('\n', '\r\n').replace('\r\nCREATE', '\nCREATE');
    const result = await project.run(['restore', file('mixed.sql', Buffer.from(mixed, 'latin1')), '--force']);
    assert.equal(result.exitCode, 7);
    assert.match(result.stderr, /line ends/);
  });

  test('is refused in each form that is not its contents alone, with the command that helps', async () => {
    const dump = (...args: string[]) => pgDump(server, database, args);
    const everything = await pgProgram(server, 'postgres', ['pg_dumpall', '--globals-only']);
    const forms: [path: string, message: RegExp, hint: RegExp][] = [
      [file('create.sql', await dump('-C')), /CREATE DATABASE|another database/i, /pg_dump -O -x/],
      [
        file('clean.sql', await dump('--clean', '--no-blobs')),
        /removes objects \(pg_dump --clean\)/,
        /without --clean/,
      ],
      [file('all.sql', everything.bytes), /whole server \(pg_dumpall\)/, /pg_dump -O -x/],
      [file('my.sql', '-- MySQL dump 10.13  Distrib 8.0.36\n'), /dump of MySQL/, /pgloader/],
    ];
    for (const [path, message, hint] of forms) {
      const result = await project.run(['restore', path, '--force']);
      assert.equal(result.exitCode, 7, `${path}: ${result.stderr}`);
      assert.match(result.stderr, message);
      assert.match(result.stderr.split('hint: ')[1] ?? '', hint);
    }
    assert.equal(await value(server, database, 'SELECT count(*) FROM t'), 2001);
  });
});
