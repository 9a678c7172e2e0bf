import type { Server } from '../../contract/adapter.ts';
import type { RunContext } from '../../contract/run-context.ts';
import { dumpAccess } from '../../postgres/access.ts';
import { createDumpContents } from '../../postgres/comparison/dump-contents.ts';
import { listen } from '../../postgres/dump-text/listen.ts';
import { dumpedText } from '../../postgres/dumped-text.ts';
import type { Snapshot } from '../../postgres/snapshot.ts';
import type { ComparedDump } from './compare-dumps.ts';

/** What a database holds at the moment of a snapshot, to be compared with a dump of that form. Rejects as `dump` does. */
export async function readDatabase(
  server: Server,
  snapshot: Snapshot,
  form: readonly string[],
  run: RunContext,
): Promise<ComparedDump> {
  const args = ['--no-owner', '--no-privileges', ...form, ...snapshot.dumpArguments];
  const read = dumpedText(server, snapshot.facts.name, args);
  const contents = createDumpContents();
  await read(async text => {
    await listen(withProgress(text, run), contents.handler);
  });
  const { statements } = await dumpAccess(server, snapshot);
  return { contents: contents.end(), access: { statements, complete: true }, read };
}

async function* withProgress(text: AsyncIterable<Buffer>, run: RunContext): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of text) {
    bytes += chunk.length;
    run.emit({ type: 'progress', stage: 'compare', bytes });
    yield chunk;
  }
}
