import { OrchestrateError } from '../../../errors.ts';
import type { DumpFacts } from '../../../postgres/dump-text/check-dump.ts';

/** What would make a restore fail or lose something, found before anything is touched. */
export interface Obstacle {
  readonly what: string;
  /** What to do, as a full sentence. */
  readonly remedy: string;
}

/** What was found: obstacles refuse the restore, warnings are told before it. */
export interface Fitness {
  readonly obstacles: readonly Obstacle[];
  readonly warnings: readonly string[];
}

/** A dump, or a database that one would be made of, as far as its extensions go. */
export interface WithExtensions {
  readonly facts: Pick<DumpFacts, 'extensions'>;
}

/** Throws `restore-failed` when there are any: all at once, so that nobody has to find them one by one. */
export function refuseObstacles(obstacles: readonly Obstacle[]): void {
  if (obstacles.length === 0) return;
  throw new OrchestrateError('restore-failed', obstacles.map(({ what }) => what).join('\n  and '), {
    hint: obstacles.map(({ remedy }) => remedy).join('\n  '),
  });
}
