import type { RunContext } from '../../contract/run-context.ts';
import type { Compression } from '../../pipeline/compress.ts';

/** Tells how far a dump is that is written in several places at once. */
export interface DumpProgress {
  /** Of what passes by here: bytes so far. */
  readonly add: (rawBytes: number) => void;
  /** Of what does not. */
  watch(compression: Compression): void;
  stop(): void;
}

const every = 200; // milliseconds

export function dumpProgress(run: RunContext): DumpProgress {
  const watched: Compression[] = [];
  let passed = 0;
  const timer = setInterval(async () => {
    const elsewhere = await Promise.all(watched.map(one => one.rawBytes()));
    const bytes = elsewhere.reduce((sum, some) => sum + some, passed);
    run.emit({ type: 'progress', stage: 'dump', bytes });
  }, every);
  return {
    add(rawBytes) {
      passed = rawBytes;
    },
    watch(compression) {
      watched.push(compression);
    },
    stop: () => clearInterval(timer),
  };
}
