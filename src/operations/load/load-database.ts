import { ClientFailure, type Server } from '../../contract/adapter.ts';
import type { RunContext } from '../../contract/run-context.ts';
import { withoutNewerSettings } from '../../pipeline/newer-settings.ts';
import { type TextCursor, textCursor } from '../../pipeline/text-cursor.ts';
import type { TableRows } from '../../postgres/dump-text/dump-tally.ts';
import type { LoadLayout } from '../../postgres/dump-text/load-layout.ts';
import type { ByteRange } from '../../postgres/dump-text/strip-ranges.ts';
import type { CheckedFile } from '../file/check-file.ts';
import { changedFile } from '../file/file-parts.ts';
import { executeRuns } from './execute-runs.ts';
import type { Load } from './load.ts';
import { loadFile } from './load-file.ts';
import { loadParts } from './load-parts.ts';
import { withLoaders } from './loaders.ts';
import { createProgress } from './progress.ts';
import { quickSettings } from './quick-settings.ts';
import { explained, refuseOtherCounts } from './refusals.ts';
import { type SplitFile, splitFile } from './split-file.ts';

export interface NewDatabase {
  /** Parts of the file's text to leave out besides what must not reach psql. */
  readonly leaveOut: readonly ByteRange[];
  /** How many sessions may load. */
  readonly jobs: number;
}

/**
 * Loads a checked file into a new database that nobody uses yet, by several sessions, and holds what psql reports against
 * the file: the schema; rows of large tables side by side where the file can be read so, and indexes as soon as their
 * table has its rows; then what builds on the rows, in the order of the file, but indexes side by side and foreign keys
 * as far as they lock other tables. Rejects as `loadFile` does.
 */
export async function loadDatabase(
  file: CheckedFile,
  database: string,
  server: Server,
  run: RunContext,
  { leaveOut, jobs }: NewDatabase,
): Promise<void> {
  const { layout, facts } = file;
  // TimescaleDB's catalogue does not come back right when chunks are filled at the same time.
  if (!layout || facts.extensions.includes('timescaledb'))
    return loadFile(file, database, server, run, { leaveOut, before: quickSettings(1) });
  const drop = [...facts.drop, ...leaveOut].sort((a, b) => a.start - b.start);
  const serverMajor = server.version.major;
  try {
    await withLoaders(server, database, jobs, async loaders => {
      const progress = createProgress('restore', facts.bytes, run);
      const load: Load = { file, layout, loaders, drop, progress, serverMajor, executed: new Set() };
      const split = jobs > 1 ? splitFile(file, layout) : undefined;
      if (split) await loadSplit(split, load);
      else await loadWhole(load);
    });
  } catch (error) {
    throw error instanceof ClientFailure && !run.signal.aborted ? explained(error, file, server) : error;
  }
}

/** One reader; what is side by side is behind the rows. */
async function loadWhole(load: Load): Promise<void> {
  const { file, progress, drop } = load;
  const digest = await file.read(async source => {
    const text = textCursor(progress.lines(source), drop);
    await loadSchema(text, Number.POSITIVE_INFINITY, load);
    await loadRest(text, file.facts.tables, load);
  });
  if (digest.sha256 !== file.digest.sha256) throw changedFile(file.path);
}

/** A reader for the first part, then one for each of those in the middle, at the same time, then one for the last. */
async function loadSplit(split: SplitFile, load: Load): Promise<void> {
  const { first, last, inLast } = split;
  await first.read(async source => {
    const text = textCursor(load.progress.lines(source), load.drop);
    await loadSchema(text, first.text.end, load);
    await load.loaders.main.executed();
    await loadParts(split, text.rest(), load);
  });
  const settings = load.layout.copies.findLast(({ start }) => start < last.text.start)?.settings;
  if (settings) await load.loaders.main.use(settings, load);
  await last.read(source =>
    loadRest(textCursor(load.progress.lines(source), load.drop, last.text.start), inLast, load),
  );
}

/** Up to the first row, but no further than to the end of the reader's text. */
function loadSchema(text: TextCursor, end: number, { layout, loaders, serverMajor }: Load): Promise<void> {
  const start = Math.min(layout.copies[0]?.start ?? end, startOfRuns(layout), end);
  return loaders.main.writeAll(withoutNewerSettings(text.upTo(start), serverMajor));
}

/** The rows that are still to come, and what builds on them. */
async function loadRest(text: TextCursor, tables: readonly TableRows[], load: Load): Promise<void> {
  const { main } = load.loaders;
  await main.writeAll(text.upTo(startOfRuns(load.layout)));
  await executeRuns(text, load);
  await main.executed();
  refuseOtherCounts(main.takeCopied(), tables);
}

function startOfRuns({ runs }: LoadLayout): number {
  return runs[0]?.start ?? Number.POSITIVE_INFINITY;
}
