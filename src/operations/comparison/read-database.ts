import type { Server } from '../../contract/adapter.ts';
import type { RunContext } from '../../contract/run-context.ts';
import { dumpAccess } from '../../postgres/access.ts';
import {
  createDumpContents,
  type DumpContents,
  joinContents,
} from '../../postgres/comparison/dump-contents.ts';
import { copyCommands } from '../../postgres/copy-commands.ts';
import { type CopyTable, shareOut } from '../../postgres/copy-plan.ts';
import { listen } from '../../postgres/dump-text/listen.ts';
import { copiedText, dumpedText, type ReadDumpText } from '../../postgres/dumped-text.ts';
import type { Snapshot } from '../../postgres/snapshot.ts';
import { besideTables, inShares } from '../dump/share-tables.ts';
import type { ComparedDump } from './compare-dumps.ts';

/**
 * What a database holds at the moment of a snapshot, to be compared with a dump of that form. Rows of large tables are
 * read side by side, as a backup reads them. Rejects as `dump` does.
 */
export async function readDatabase(
  server: Server,
  snapshot: Snapshot,
  form: readonly string[],
  jobs: number,
  run: RunContext,
): Promise<ComparedDump> {
  const database = snapshot.facts.name;
  const args = ['--no-owner', '--no-privileges', ...form, ...snapshot.dumpArguments];
  const read = dumpedText(server, database, args);
  const alone = () => readTexts([read], run);
  const sideBySide = (tables: readonly CopyTable[], workers: number) => {
    const rest = dumpedText(server, database, [...args, ...besideTables(tables)]);
    const rows = shareOut(tables, workers).map(share => {
      const ranges = share.map(table => ({ table }));
      return copiedText(server, database, copyCommands(ranges, snapshot.exported!));
    });
    return readTexts([rest, ...rows], run);
  };
  // Other forms than its usual one only pg_dump writes.
  const isUsual = form.every(arg => arg === `--encoding=${snapshot.facts.encoding}`);
  const contents = isUsual ? await inShares(snapshot, jobs, run, sideBySide, alone) : await alone();
  const { statements } = await dumpAccess(server, snapshot);
  return { contents, access: { statements, complete: true }, read };
}

/** Reads texts that are one dump together, at the same time; the first failure ends them all. */
async function readTexts(texts: readonly ReadDumpText[], run: RunContext): Promise<DumpContents> {
  const failures: unknown[] = [];
  let bytes = 0;
  const watched = async function* (text: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of text) {
      if (failures.length > 0) throw failures[0];
      bytes += chunk.length;
      run.emit({ type: 'progress', stage: 'compare', bytes });
      yield chunk;
    }
  };
  const contents = await Promise.all(
    texts.map(async read => {
      const listener = createDumpContents();
      await read(text => listen(watched(text), listener.handler)).catch(error => failures.push(error));
      return listener;
    }),
  );
  if (failures.length > 0) throw failures[0];
  return joinContents(contents.map(listener => listener.end()) as [DumpContents, ...DumpContents[]]);
}
