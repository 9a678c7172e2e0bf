import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { followedBy } from '../../pipeline/meter.ts';
import { textCursor } from '../../pipeline/text-cursor.ts';
import type { TableRows } from '../../postgres/dump-text/dump-tally.ts';
import { decode } from '../../postgres/dump-text/names.ts';
import type { FilePart } from '../file/file-parts.ts';
import { executeFrom, type ReadyStatement, statementQueue } from './execute-statements.ts';
import type { Load } from './load.ts';
import type { Worker } from './loaders.ts';
import { refuseOtherCounts } from './refusals.ts';
import type { RowsPart, SplitFile } from './split-file.ts';

/**
 * Loads the parts that have rows only, the largest first, each as soon as a session is free; and by the first session,
 * before that takes one of them, what is left of the first part. A session for which there is no part any more builds
 * indexes of the tables that have their rows.
 */
export async function loadParts(
  { middle, inFirst }: SplitFile,
  rest: AsyncIterable<Buffer>,
  load: Load,
): Promise<void> {
  const waiting = middle.toSorted((a, b) => size(b) - size(a));
  const early = earlyStatements(load);
  const { main, jobs } = load.loaders;
  const queue = statementQueue();
  /** Parts that wait for a session or are being loaded. */
  let unloaded = middle.length + 1;
  const loaded = (tables: readonly TableRows[]) => {
    unloaded -= 1; // first: who builds what is ready then asks how many are at work
    const ready = tables.flatMap(({ name }) => early.get(name) ?? []);
    for (const { statement } of ready) load.executed.add(statement);
    queue.add(ready);
    if (unloaded === 0) queue.end();
  };
  const loadRows = async (worker: Worker) => {
    if (worker === main) {
      await main.writeAll(rest);
      await main.executed();
      refuseOtherCounts(main.takeCopied(), inFirst);
      loaded([]);
    }
    for (let part = waiting.shift(); part; part = waiting.shift()) {
      await loadPart(part, worker, load);
      loaded(part.tables);
    }
  };
  await load.loaders.sideBySide(early.size > 0 ? jobs : middle.length + 1, async worker => {
    try {
      await loadRows(worker);
      await executeFrom(queue, worker, load, () => unloaded);
    } catch (error) {
      queue.end(); // nobody waits for what will not come
      throw error;
    }
  });
}

/** Those that need no more than the rows of their table, by its name. */
function earlyStatements({ layout, drop }: Load): Map<string, ReadyStatement[]> {
  const dropped = new Set(drop.map(({ start }) => start));
  const ready = layout.runs
    .flatMap(run => run.statements)
    .filter(({ start }) => !dropped.has(start))
    .flatMap(statement => (statement.early ? [{ statement, text: statement.early }] : []));
  return Map.groupBy(ready, ({ statement }) => decode(statement.table));
}

async function loadPart({ part, copies, tables }: RowsPart, worker: Worker, load: Load): Promise<void> {
  if (copies[0]) await worker.use(copies[0].settings, load);
  const names = copies.map(({ table }) => table);
  refuseOtherCounts(await worker.pour(names, (stdin, last) => pour(part, load, stdin, last)), tables);
}

/** Only where something is to be left out of it the text has to come by here. */
function pour(part: FilePart, { drop, progress }: Load, stdin: Writable, last: Buffer): Promise<void> {
  const { text } = part;
  if (!drop.some(({ start, end }) => start < text.end && end > text.start))
    return part.pour(stdin, last, progress.share(text.end - text.start));
  return part.read(source =>
    pipeline(textCursor(progress.lines(source), drop, text.start).rest(), followedBy(last), stdin),
  );
}

function size({ part: { text } }: RowsPart): number {
  return text.end - text.start;
}
