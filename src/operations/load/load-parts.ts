import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { textCursor } from '../../pipeline/text-cursor.ts';
import type { FilePart } from '../file-parts.ts';
import type { Load } from './load-database.ts';
import type { Worker } from './loaders.ts';
import { refuseOtherCounts } from './refusals.ts';
import type { RowsPart, SplitFile } from './split-file.ts';

/**
 * Loads the parts that have rows only, the largest first, each as soon as a session is free; and by the first session,
 * before that takes one of them, what is left of the first part.
 */
export async function loadParts(
  { middle, inFirst }: SplitFile,
  rest: AsyncIterable<Buffer>,
  load: Load,
): Promise<void> {
  const waiting = middle.toSorted((a, b) => size(b) - size(a));
  const { main } = load.loaders;
  await load.loaders.sideBySide(middle.length + 1, async worker => {
    if (worker === main) {
      await main.writeAll(rest);
      await main.executed();
      refuseOtherCounts(main.takeCopied(), inFirst);
    }
    for (let part = waiting.shift(); part; part = waiting.shift()) await loadPart(part, worker, load);
  });
}

async function loadPart({ part, copies, tables }: RowsPart, worker: Worker, load: Load): Promise<void> {
  if (copies[0]) await worker.use(copies[0].settings, load);
  refuseOtherCounts(await worker.pour(stdin => pour(part, load, stdin)), tables);
}

/** Only where something is to be left out of it the text has to come by here. */
function pour(part: FilePart, { drop, progress }: Load, stdin: Writable): Promise<void> {
  const { text } = part;
  if (drop.some(({ start, end }) => start < text.end && end > text.start))
    return part.read(source => pipeline(textCursor(progress.lines(source), drop, text.start).rest(), stdin));
  return part.pour(stdin, progress.share(text.end - text.start));
}

function size({ part: { text } }: RowsPart): number {
  return text.end - text.start;
}
