import type { RunContext } from '../../contract/run-context.ts';
import { createLineEnds } from '../../postgres/dump-text/line-ends.ts';

export interface Progress {
  /** The same text, with LF line ends; how much has passed of it, of all readers together, is told. */
  lines(text: AsyncIterable<Buffer>): AsyncGenerator<Buffer>;
  /** For a text of so many bytes that does not come by here: is told which part of it has passed, from 0 to 1. */
  share(size: number): (part: number) => void;
}

export function createProgress(stage: string, total: number, run: Pick<RunContext, 'emit'>): Progress {
  let bytes = 0;
  const add = (more: number) => {
    bytes += more;
    run.emit({ type: 'progress', stage, bytes: Math.round(bytes), total });
  };
  return {
    async *lines(text) {
      const lineEnds = createLineEnds();
      for await (const chunk of text) {
        add(chunk.length);
        yield lineEnds.push(chunk);
      }
      yield lineEnds.end();
    },
    share(size) {
      let passed = 0;
      return part => {
        add(size * part - passed);
        passed = size * part;
      };
    },
  };
}
