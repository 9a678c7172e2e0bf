import type { ClientFailure, Server } from '../../contract/adapter.ts';
import { OrchestrateError } from '../../errors.ts';
import type { TableRows } from '../../postgres/dump-text/dump-tally.ts';
import type { CheckedFile } from '../file/check-file.ts';

export type TableCount = Pick<TableRows, 'name' | 'rows'> & { readonly inserts?: boolean };

/** Holds the rows that came in, COPY by COPY, against those that the file has. */
export function refuseOtherCounts(copied: readonly number[], tables: readonly TableCount[]): void {
  const expected = tables.filter(({ inserts }) => !inserts);
  const wrong = expected.findIndex(({ rows }, index) => rows !== copied[index]);
  if (wrong < 0 && copied.length === expected.length) return;
  const table = expected[wrong];
  const found = `${copied[wrong] ?? 'no'} rows came in, and the file has ${table?.rows ?? 'none'}`;
  throw new OrchestrateError(
    'restore-failed',
    `what came in is not what the file holds: table ${table?.name}: ${found}`,
  );
}

/** psql says which statement the server refused; why it may have is known here. */
export function explained(
  error: ClientFailure,
  { facts }: CheckedFile,
  server: Pick<Server, 'version'>,
): OrchestrateError {
  const dumpedBy = Number.parseInt(facts.pgDumpVersion ?? '', 10);
  const hint =
    dumpedBy > server.version.major
      ? `The dump was written by pg_dump ${dumpedBy}, and an older server may not accept all of it: restore it to a server of that version.`
      : reasons.find(({ words }) => words.test(error.stderr))?.hint;
  return new OrchestrateError(
    'restore-failed',
    `the restore failed, and the database is as it was before: ${error.message}`,
    { cause: error, hint },
  );
}

const reasons = [
  {
    words: /permission denied to create extension|must be superuser/,
    hint: 'Restore it as a superuser: the dump holds something that no other role may create.',
  },
  {
    words: /lock timeout/,
    hint: 'Sessions use what would be replaced: close them, or stop the application, and run the command again.',
  },
  {
    words: /out of shared memory/,
    hint: 'Raise max_locks_per_transaction and restart the server, or restore as a role that may create databases.',
  },
];
