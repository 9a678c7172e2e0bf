import type { LoadLayout, RunStatement } from '../../postgres/dump-text/load-layout.ts';
import type { ByteRange } from '../../postgres/dump-text/strip-ranges.ts';
import type { CheckedFile } from '../file/check-file.ts';
import type { Loaders } from './loaders.ts';
import type { Progress } from './progress.ts';

/** What all steps of a load work on. */
export interface Load {
  readonly file: CheckedFile;
  readonly layout: LoadLayout;
  readonly loaders: Loaders;
  /** What is not to be executed, in its order. */
  readonly drop: readonly ByteRange[];
  readonly progress: Progress;
  readonly serverMajor: number;
  /** What stands behind the rows and was executed before its turn. */
  readonly executed: Set<RunStatement>;
}
