import type { Server } from '../contract/adapter.ts';
import { ClientFailure } from '../contract/adapter.ts';
import type { RunContext } from '../contract/run-context.ts';
import { OrchestrateError } from '../errors.ts';
import { type LoadReport, loadDump } from '../pipeline/load-dump.ts';
import { writtenName } from '../postgres/dump-text/table-names.ts';
import type { TablesLoad, TablesPlan } from './plan-tables.ts';
import { writeRanges } from './table-text.ts';

/**
 * Loads some tables in one transaction, which is committed only after all was executed and what came in was held against
 * the file. A failure or an interruption before that leaves nothing. Rejects with `restore-failed`, or with `bad-file`
 * when the file is no longer the one that was checked.
 */
export async function loadTables(plan: TablesPlan, server: Server, run: RunContext): Promise<void> {
  const { file, database, load } = plan;
  const feed = async (write: (piece: Buffer) => Promise<void>) => {
    await write(Buffer.from(`SET client_encoding = 'UTF8';\nBEGIN;\n${load.before}`));
    await writeRanges(file, { ranges: load.parts, edits: load.edits }, { stage: 'restore', run }, write);
    await write(Buffer.from(`\nSET client_encoding = 'UTF8';\n${load.after}`));
  };
  const accept = async (report: LoadReport) => {
    refuseOtherCounts(report, load);
    run.signal.throwIfAborted();
    return 'COMMIT;';
  };
  await loadDump(server, database, feed, accept).catch(error => {
    throw error instanceof ClientFailure && !run.signal.aborted ? explained(error) : error;
  });
}

function refuseOtherCounts({ copied }: LoadReport, { parts }: TablesLoad): void {
  const expected = parts.filter(({ kind, inserts }) => kind === 'rows' && !inserts);
  const wrong = expected.findIndex(({ rows }, index) => rows !== copied[index]);
  if (wrong < 0 && copied.length === expected.length) return;
  const part = expected[wrong];
  throw new OrchestrateError(
    'restore-failed',
    `what came in is not what the file holds: ${part ? writtenName(part.table!) : 'another table'}: ${copied[wrong] ?? 'no'} rows came in, and the file has ${part?.rows ?? 'none'}`,
  );
}

function explained(error: ClientFailure): OrchestrateError {
  const hint = /does not exist/.test(error.stderr)
    ? 'What a table refers to, such as types and functions, has to be there; restore the whole backup into another database with --into.'
    : /lock timeout/.test(error.stderr)
      ? 'Sessions use the table: close them, or stop the application, and run the command again.'
      : undefined;
  return new OrchestrateError(
    'restore-failed',
    `the restore failed, and the database is as it was before: ${error.message}`,
    { cause: error, hint },
  );
}
