import { ClientFailure, type Server } from '../../contract/adapter.ts';
import type { RunContext } from '../../contract/run-context.ts';
import { type LoadReport, loadDump } from '../../pipeline/load-dump.ts';
import { withoutNewerSettings } from '../../pipeline/newer-settings.ts';
import type { Write } from '../../pipeline/writer.ts';
import { type ByteRange, stripRanges } from '../../postgres/dump-text/strip-ranges.ts';
import type { CheckedFile } from '../file/check-file.ts';
import { changedFile } from '../file/file-parts.ts';
import { createProgress } from './progress.ts';
import { explained, refuseOtherCounts } from './refusals.ts';

/** What else is executed in the session that loads a file. */
export interface Surroundings {
  /** Parts of the file's text to leave out besides what must not reach psql. */
  readonly leaveOut?: readonly ByteRange[];
  readonly before?: string;
  readonly after?: readonly Buffer[];
  /** What is executed last, once what came in was held against the file. */
  readonly finish?: (report: LoadReport) => Promise<string>;
}

/**
 * Loads a checked file into a database, and holds what psql reports against the file. Rejects with
 * `restore-failed`, or with `bad-file` when the file is no longer the one that was checked.
 */
export async function loadFile(
  file: CheckedFile,
  database: string,
  server: Server,
  run: RunContext,
  { leaveOut = [], before = '', after = [], finish = async () => '' }: Surroundings = {},
): Promise<void> {
  const feed = async (write: Write) => {
    await write(Buffer.from(before));
    const digest = await file.read(async text => {
      for await (const chunk of wantedText(text, file, leaveOut, server, run)) await write(chunk);
    });
    if (digest.sha256 !== file.digest.sha256) throw changedFile(file.path);
    for (const text of after) await write(text);
  };
  const accept = (report: LoadReport) => {
    refuseOtherCounts(report.copied, file.facts.tables);
    return finish(report);
  };
  await loadDump(server, database, feed, accept).catch(error => {
    throw error instanceof ClientFailure && !run.signal.aborted ? explained(error, file, server) : error;
  });
}

function wantedText(
  text: AsyncIterable<Buffer>,
  { facts }: CheckedFile,
  leaveOut: readonly ByteRange[],
  server: Server,
  run: RunContext,
): AsyncIterable<Buffer> {
  const drop = [...facts.drop, ...leaveOut].sort((a, b) => a.start - b.start);
  const lines = createProgress('restore', facts.bytes, run).lines(text);
  return withoutNewerSettings(stripRanges(lines, drop), server.version.major);
}
