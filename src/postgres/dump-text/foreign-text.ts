import type { OrchestrateError } from '../../errors.ts';
import { badDump, excerpt } from './bad-dump.ts';

/** The failure for a line between statements that is none of pg_dump's: names the program that wrote it, and what helps. */
export function foreignLine(text: Buffer, line: number): OrchestrateError {
  const start = text.toString('latin1', 0, 200);
  const { what, hint } = writers.find(writer => writer.pattern.test(start)) ?? unknown;
  return badDump(`${what} at line ${line}: ${excerpt(text)}`, hint);
}

/** Whether a line between statements is a notice of a program, which old scripts' terminals mixed into the dump. */
export function isNotice(text: Buffer): boolean {
  return notice.test(text.toString('latin1', 0, 64)) && !failure.test(text.toString('latin1', 0, 64));
}

// Several spaces: the server's messages as libpq prints them, e.g. about a collation's version.
const notice = /^(?:(?:pg_dump|pg_restore): |(?:WARNING|NOTICE|INFO|LOG|DETAIL|HINT|CONTEXT): {2})/;
const failure = /^(?:pg_dump|pg_dumpall|pg_restore|psql): (?:error|fatal|\[archiver)/;

const plainDump = 'Make a plain dump of one database instead: pg_dump -O -x DATABASE > dump.sql';
const noDump =
  'The file holds the message of a program that failed, and no dump: restore an older backup from "db-orchestrate list", or make a new one with "db-orchestrate backup".';

const unknown = { what: 'text that pg_dump never writes', hint: undefined };

const writers: readonly { pattern: RegExp; what: string; hint?: string }[] = [
  { pattern: /^\\/, what: 'psql meta-command' },
  { pattern: failure, what: 'an error instead of a dump', hint: noDump },
  {
    pattern:
      /^(?:Error response from daemon|Error: |error: |OCI runtime|Cannot connect to the Docker|docker: |Cannot connect |no such |the input device|sh: |bash: |\/bin\/sh: |exec failed|unable to )/i,
    what: 'an error instead of a dump',
    hint: noDump,
  },
  { pattern: /^(?:FATAL|ERROR|PANIC): {2}/, what: 'an error instead of a dump', hint: noDump },
  {
    pattern: /^DROP |^TRUNCATE /,
    what: 'the file removes objects (pg_dump --clean)',
    hint: 'A restore goes into a new database, where there is nothing to remove. Make the dump without --clean: pg_dump -O -x DATABASE > dump.sql',
  },
  {
    pattern: /^-- PostgreSQL database cluster dump/,
    what: 'a dump of a whole server (pg_dumpall)',
    hint: plainDump,
  },
  {
    pattern: /^(?:-- (?:MySQL|MariaDB) dump|\/\*!|-- Host: |-- phpMyAdmin|\/\*M!)/,
    what: 'a dump of MySQL or MariaDB',
    hint: 'Only PostgreSQL dumps can be restored; convert it first, e.g. with pgloader.',
  },
  {
    pattern: /^PRAGMA /,
    what: 'a dump of SQLite',
    hint: 'Only PostgreSQL dumps can be restored; convert it first, e.g. with pgloader.',
  },
  {
    pattern: /^\xef\xbb\xbf/,
    what: 'a byte order mark',
    hint: 'An editor or PowerShell saved the file and may have changed its bytes; if you are sure that it did not: tail -c +4 FILE > dump.sql',
  },
  {
    pattern: /^(?:DO|CALL|DELETE|UPDATE|WITH|VALUES|EXPLAIN|LOCK|VACUUM|ANALYZE)\b/,
    what: 'a statement that pg_dump never writes',
    hint: 'This is a script and no dump of pg_dump; run it with psql yourself if you trust it.',
  },
];
