import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OrchestrateError } from '../../../src/errors.ts';
import { dump, factsOf } from './dump-texts.ts';

const foreign: Record<string, [text: string, message: RegExp, hint: RegExp]> = {
  'the error of pg_dump': [
    'pg_dump: error: connection to server failed\n',
    /^an error instead of a dump at line 1: pg_dump: error: connection to server failed$/,
    /db-orchestrate list/,
  ],
  'the error of an old pg_dump': [
    'pg_dump: [archiver (db)] connection to database "x" failed\n',
    /^an error instead of a dump at line 1/,
    /db-orchestrate list/,
  ],
  'an error in the middle': [
    dump('pg_dump: error: query failed\n'),
    /^an error instead of a dump at line 8/,
    /db-orchestrate list/,
  ],
  'the error of Docker': [
    'Error response from daemon: No such container: db\n',
    /^an error instead of a dump at line 1: Error response from daemon/,
    /db-orchestrate list/,
  ],
  'the error of a container without pg_dump': [
    'OCI runtime exec failed: exec failed: "pg_dump": executable file not found\r\n',
    /^an error instead of a dump/,
    /db-orchestrate list/,
  ],
  'the error of the server': [
    'FATAL:  role "x" does not exist\n',
    /^an error instead of a dump/,
    /db-orchestrate list/,
  ],
  'a dump with -C': [
    dump('CREATE DATABASE x WITH TEMPLATE = template0;\n\\connect x\n'),
    /^a statement about the whole server at line 8: CREATE DATABASE x/,
    /pg_dump -O -x DATABASE/,
  ],
  'a dump with --clean': [
    dump('ALTER TABLE t DROP CONSTRAINT c;\nDROP TABLE t;\n'),
    /^the file removes objects \(pg_dump --clean\) at line 9: DROP TABLE t;$/,
    /pg_dump -O -x DATABASE/,
  ],
  'a dump of a whole server': [
    '--\n-- PostgreSQL database cluster dump\n--\n',
    /^a dump of a whole server \(pg_dumpall\) at line 2/,
    /pg_dump -O -x DATABASE/,
  ],
  'a dump of MySQL': [
    '-- MySQL dump 10.13  Distrib 8.0.36\n',
    /^a dump of MySQL or MariaDB at line 1/,
    /pgloader/,
  ],
  'a dump of MariaDB': [
    '/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump 10.19\n',
    /^a dump of MySQL or MariaDB at line 1/,
    /pgloader/,
  ],
  'a dump of SQLite': [
    'PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n',
    /^a dump of SQLite at line 1/,
    /pgloader/,
  ],
  'a script': [
    '-- my own script\nCREATE TABLE t ();\n',
    /^text that pg_dump never writes at line 1: -- my own script$/,
    /./,
  ],
  'statements without a head': [
    'CREATE TABLE t ();\n',
    /^no dump of pg_dump: a statement before the head at line 1$/,
    /./,
  ],
  'a byte order mark': [`\ufeff${dump('')}`, /^a byte order mark at line 1/, /tail -c \+4/],
  'text in UTF-16': [Buffer.from(dump(''), 'utf16le').toString('latin1'), /^a zero byte at line 1$/, /./],
};

describe('What is no dump of one PostgreSQL database', () => {
  for (const [what, [text, message, hint]] of Object.entries(foreign)) {
    it(`is named, with what would help: ${what}`, () => {
      assert.throws(
        () => factsOf(text),
        error => {
          assert.ok(error instanceof OrchestrateError);
          assert.equal(error.exitCode, 7);
          assert.match(error.message, message);
          assert.match(error.hint ?? '', hint);
          return true;
        },
      );
    });
  }

  it('is shown without what a terminal would obey, and not at length', () => {
    assert.throws(() => factsOf(`\u001b[2J\u202e${'x'.repeat(500)}\n`), {
      message: `text that pg_dump never writes at line 1: \\u{1b}[2J\\u{202e}${'x'.repeat(62)}…`,
    });
  });
});
