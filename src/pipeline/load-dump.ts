import type { Server } from '../contract/adapter.ts';
import type { LoadReport } from './answers.ts';
import { openLoader } from './loader.ts';
import type { Write } from './writer.ts';

export type { LoadReport } from './answers.ts';

/** SQL to feed: the transaction's id gets into the report. */
export const askTransaction = "SELECT 'transaction ' || pg_catalog.pg_current_xact_id();\n";

/**
 * Feeds SQL text to a psql that executes it in `database`. When all of it was executed, `accept` is given the report,
 * and what it returns is executed last. Fulfils only when psql exited 0 and answered questions that stand after the
 * last byte. A psql that can do so refuses every meta-command in the text.
 */
export async function loadDump(
  server: Server,
  database: string,
  feed: (write: Write) => Promise<void>,
  accept: (report: LoadReport) => Promise<string> = async () => '',
): Promise<void> {
  const psql = await openLoader(server, database);
  try {
    await feed(psql.write);
    const report = await psql.executed();
    await psql.finish(await accept(report));
  } catch (error) {
    await psql.kill();
    throw error;
  }
}
