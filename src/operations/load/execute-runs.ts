import type { TextCursor } from '../../pipeline/text-cursor.ts';
import type { StatementRun } from '../../postgres/dump-text/load-layout.ts';
import { decode } from '../../postgres/dump-text/names.ts';
import { executeFrom, type ReadyStatement, statementQueue } from './execute-statements.ts';
import type { Load } from './load.ts';

/**
 * Executes what stands behind the rows in the order of the text, but within each run of statements that commute as many
 * at a time as there are sessions.
 */
export async function executeRuns(text: TextCursor, load: Load): Promise<void> {
  const { main } = load.loaders;
  const sizes = new Map<string, number>();
  for (const { name, bytes } of load.file.facts.tables) sizes.set(name, (sizes.get(name) ?? 0) + bytes);
  for (const run of load.layout.runs) {
    await main.writeAll(text.upTo(run.start));
    await main.executed();
    main.has(run.before);
    await executeRun(run, text, sizes, load);
  }
  await main.writeAll(text.rest());
}

async function executeRun(
  run: StatementRun,
  text: TextCursor,
  sizes: ReadonlyMap<string, number>,
  load: Load,
): Promise<void> {
  const { main } = load.loaders;
  const remarks: Buffer[] = [];
  let waiting: ReadyStatement[] = [];
  let bytes = 0;
  const statements = new Map(run.statements.map(statement => [statement.start, statement]));
  for (const { start, end } of [...run.statements, ...run.remarks].sort((a, b) => a.start - b.start)) {
    await taken(text.upTo(start)); // comment lines, and settings, which go with each statement
    const one = await taken(text.upTo(end));
    const statement = statements.get(start);
    if (statement && !load.executed.has(statement)) waiting.push({ statement, text: one });
    else if (!statement) remarks.push(one);
    bytes += one.length;
    if (bytes < mostBytes) continue;
    await sideBySide(waiting, sizes, load);
    [waiting, bytes] = [[], 0];
  }
  await sideBySide(waiting, sizes, load);
  await main.use(run.after, load);
  for (const remark of remarks) await main.write(Buffer.concat([remark, newline]));
}

/** What builds on the largest table first, so that it is not what all wait for in the end. */
async function sideBySide(
  waiting: readonly ReadyStatement[],
  sizes: ReadonlyMap<string, number>,
  load: Load,
): Promise<void> {
  const size = ({ statement }: ReadyStatement) => sizes.get(decode(statement.table)) ?? 0;
  const queue = statementQueue();
  queue.add(waiting.toSorted((a, b) => size(b) - size(a)));
  queue.end();
  await load.loaders.sideBySide(waiting.length, worker => executeFrom(queue, worker, load));
}

async function taken(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all); // a copy: a view would keep a whole chunk
}

const newline = Buffer.from('\n');
/** Of statements that are in memory at one time. */
const mostBytes = 4 * 1024 * 1024;
