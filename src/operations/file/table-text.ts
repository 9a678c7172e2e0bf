import type { RunContext } from '../../contract/run-context.ts';
import { OrchestrateError } from '../../errors.ts';
import { type ByteRange, stripRanges } from '../../postgres/dump-text/strip-ranges.ts';
import { createTablePartsReader, type TableParts } from '../../postgres/dump-text/table-parts.ts';
import { createProgress } from '../load/progress.ts';
import type { CheckedFile } from './check-file.ts';

/** Finds what a checked file says of its tables. Rejects with `bad-file` when it is no longer the one that was checked. */
export async function readTableParts(file: CheckedFile, run: RunContext): Promise<TableParts> {
  const reader = createTablePartsReader();
  await readText(file, 'read', run, async text => {
    for await (const chunk of text) reader.push(chunk);
  });
  reader.end();
  return reader.found();
}

/**
 * Hands on those ranges of a checked file's text, with an empty line between them and `edits` made inside them. Rejects
 * as `readTableParts` does, and as `write` does.
 */
export async function writeRanges(
  file: CheckedFile,
  { ranges, edits = [] }: { ranges: readonly ByteRange[]; edits?: readonly ByteRange[] },
  { stage, run }: { stage: string; run: RunContext },
  write: (piece: Buffer) => Promise<void>,
): Promise<void> {
  const changes = [...between(ranges), ...edits].sort((a, b) => a.start - b.start);
  await readText(file, stage, run, async text => {
    for await (const piece of stripRanges(text, changes)) await write(piece);
  });
}

async function readText(
  file: CheckedFile,
  stage: string,
  run: RunContext,
  sink: (text: AsyncIterable<Buffer>) => Promise<void>,
): Promise<void> {
  const progress = createProgress(stage, file.facts.bytes, run);
  const digest = await file.read(text => sink(progress.lines(text)));
  if (digest.sha256 !== file.digest.sha256)
    throw new OrchestrateError('bad-file', `${file.path} changed while it was being read`, {
      hint: 'Run the command again when nothing writes to the file any more.',
    });
}

/** All but the ranges. */
function between(ranges: readonly ByteRange[]): ByteRange[] {
  const ends = [0, ...ranges.map(({ end }) => end)];
  const starts = [...ranges.map(({ start }) => start), Number.POSITIVE_INFINITY];
  return ends.map((start, index) => ({
    start,
    end: starts[index]!,
    ...(index > 0 && { instead: Buffer.from('\n') }),
  }));
}
