import { ClientFailure, type Server } from '../../contract/adapter.ts';
import type { RunContext } from '../../contract/run-context.ts';
import { OrchestrateError } from '../../errors.ts';
import { askTransaction, type LoadReport, loadDump } from '../../pipeline/load-dump.ts';
import type { Write } from '../../pipeline/writer.ts';
import { isCommitted } from '../../postgres/committed.ts';
import { shellWord } from '../../postgres/dump-text/plain-dump.ts';
import type { ByteRange } from '../../postgres/dump-text/strip-ranges.ts';
import { writtenName } from '../../postgres/dump-text/table-names.ts';
import { columnDifference } from '../../postgres/replace-rows.ts';
import { withSession } from '../../postgres/with-session.ts';
import { writeRanges } from '../file/table-text.ts';
import { refuseOtherCounts, type TableCount } from '../load/refusals.ts';
import type { TablesLoad, TablesPlan } from './plan-tables.ts';

/**
 * Loads some tables in one transaction, which is committed only after all was executed and what came in was held against
 * the file. A failure or an interruption before that leaves all as it was. Rejects with `restore-failed`, or with
 * `bad-file` when the file is no longer the one that was checked.
 */
export async function loadTables(plan: TablesPlan, server: Server, run: RunContext): Promise<void> {
  let transaction: string | undefined;
  try {
    await execute(plan, plan.load, server, run, async report => {
      refuseOtherCounts(report.copied, rowsOf(plan.load));
      run.signal.throwIfAborted();
      transaction = report.transaction;
      return 'COMMIT;';
    });
  } catch (error) {
    // The way to the server may be lost just after it has committed.
    const id = transaction;
    const committed = id && (await withSession(server, plan.database, session => isCommitted(id, session)));
    if (!committed) throw error;
  }
}

/** Executes what compares the tables' columns and nothing else, and rolls that back. Rejects as `loadTables` does. */
export async function compareTables(plan: TablesPlan, server: Server, run: RunContext): Promise<void> {
  const { load } = plan;
  const parts = load.parts.filter(({ kind }) => kind === 'session' || kind === 'table');
  const isIn = (edit: ByteRange) => parts.some(({ start, end }) => start <= edit.start && edit.end <= end);
  const comparison = { before: '', parts, edits: load.edits.filter(isIn), after: '' };
  await execute(plan, comparison, server, run, async () => 'ROLLBACK;');
}

async function execute(
  { file, database, target }: TablesPlan,
  { before, parts, edits, after }: TablesLoad,
  server: Server,
  run: RunContext,
  accept: (report: LoadReport) => Promise<string>,
): Promise<void> {
  const feed = async (write: Write) => {
    await write(Buffer.from(`SET client_encoding = 'UTF8';\nBEGIN;\n${askTransaction}${before}`));
    await writeRanges(file, { ranges: parts, edits }, { stage: 'restore', run }, write);
    await write(Buffer.from(`\nSET client_encoding = 'UTF8';\n${after}`));
  };
  await loadDump(server, database, feed, accept).catch(error => {
    throw error instanceof ClientFailure && !run.signal.aborted ? explained(error, file.path, target) : error;
  });
}

/** The tables whose rows are to come in, in the order of the file. */
function rowsOf({ parts }: TablesLoad): TableCount[] {
  return parts.flatMap(({ kind, table, rows, inserts }) =>
    kind === 'rows' ? [{ name: writtenName(table!), rows, inserts }] : [],
  );
}

function explained(error: ClientFailure, path: string, target: string): OrchestrateError {
  const difference = columnDifference(error.stderr);
  if (difference !== undefined)
    return new OrchestrateError(
      'restore-failed',
      `the rows do not fit, and nothing was changed: ${difference}`,
      {
        cause: error,
        hint: `Bring the table beside the live one: db-orchestrate restore ${shellWord(path)} --target ${target} --table …, without --mode.`,
      },
    );
  return new OrchestrateError(
    'restore-failed',
    `the restore failed, and the database is as it was before: ${error.message}`,
    { cause: error, hint: reasons.find(({ words }) => words.test(error.stderr))?.hint },
  );
}

const reasons = [
  {
    words: /violates foreign key constraint/,
    hint: 'The rows of the file do not fit those of other tables: name these with --table too, or bring the table beside the live one, without --mode.',
  },
  {
    words: /lock timeout/,
    hint: 'Sessions use the table: close them, or stop the application, and run the command again.',
  },
  {
    words: /does not exist/,
    hint: 'What a table refers to, such as types and functions, has to be there; or restore the whole backup into another database with --into.',
  },
];
