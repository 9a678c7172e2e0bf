import { ClientFailure, type Server } from '../contract/adapter.ts';
import type { RunContext } from '../contract/run-context.ts';
import { OrchestrateError } from '../errors.ts';
import { type LoadReport, loadDump } from '../pipeline/load-dump.ts';
import { withoutNewerSettings } from '../pipeline/newer-settings.ts';
import type { Write } from '../pipeline/writer.ts';
import { createLineEnds } from '../postgres/dump-text/line-ends.ts';
import { type ByteRange, stripRanges } from '../postgres/dump-text/strip-ranges.ts';
import type { CheckedFile } from './check-file.ts';

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
    if (digest.sha256 !== file.digest.sha256) throw changed(file.path);
    for (const text of after) await write(text);
  };
  const accept = (report: LoadReport) => {
    refuseOtherCounts(report, file);
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
  const lines = stripRanges(lfLines(withProgress(text, facts.bytes, run)), drop);
  return withoutNewerSettings(lines, server.version.major);
}

/** psql says which statement the server refused; why it may have is known here. */
function explained(error: ClientFailure, { facts }: CheckedFile, server: Server): OrchestrateError {
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

function refuseOtherCounts({ copied }: LoadReport, { facts }: CheckedFile): void {
  const expected = facts.tables.filter(({ inserts }) => !inserts);
  const wrong = expected.findIndex(({ rows }, index) => rows !== copied[index]);
  if (wrong < 0 && copied.length === expected.length) return;
  const table = expected[wrong];
  const found = `${copied[wrong] ?? 'no'} rows came in, and the file has ${table?.rows ?? 'none'}`;
  throw new OrchestrateError(
    'restore-failed',
    `what came in is not what the file holds: table ${table?.name}: ${found}`,
  );
}

async function* withProgress(
  text: AsyncIterable<Buffer>,
  total: number,
  run: RunContext,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of text) {
    bytes += chunk.length;
    run.emit({ type: 'progress', stage: 'restore', bytes, total });
    yield chunk;
  }
}

async function* lfLines(text: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const lineEnds = createLineEnds();
  for await (const chunk of text) yield lineEnds.push(chunk);
  yield lineEnds.end();
}

function changed(path: string): OrchestrateError {
  return new OrchestrateError('bad-file', `${path} changed while it was being restored`, {
    hint: 'Run the command again when nothing writes to the file any more.',
  });
}
