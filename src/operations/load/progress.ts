import type { RunContext } from '../../contract/run-context.ts';
import { createLineEnds } from '../../postgres/dump-text/line-ends.ts';

export interface Progress {
  /** The same text, with LF line ends; how much has passed of it, of all readers together, is told. */
  lines(text: AsyncIterable<Buffer>): AsyncGenerator<Buffer>;
}

export function createProgress(stage: string, total: number, run: Pick<RunContext, 'emit'>): Progress {
  let bytes = 0;
  return {
    async *lines(text) {
      const lineEnds = createLineEnds();
      for await (const chunk of text) {
        bytes += chunk.length;
        run.emit({ type: 'progress', stage, bytes, total });
        yield lineEnds.push(chunk);
      }
      yield lineEnds.end();
    },
  };
}
