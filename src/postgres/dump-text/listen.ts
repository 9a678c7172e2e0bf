import { createDumpReader, type DumpHandler } from './dump-reader.ts';
import { createLineEnds } from './line-ends.ts';

/** Reads a text that was checked before, or that a pg_dump has just written, for what it says. */
export async function listen(text: AsyncIterable<Buffer>, handler: DumpHandler): Promise<void> {
  const lineEnds = createLineEnds();
  const reader = createDumpReader({ onRestriction: passBy, onNotice: passBy, ...handler });
  for await (const chunk of text) reader.push(lineEnds.push(chunk));
  reader.push(lineEnds.end());
  reader.end();
}

function passBy(): void {}
