import type { StreamDigest } from '../../pipeline/meter.ts';
import type { Access } from '../../postgres/access.ts';

/** A run of whole gzip members. */
export interface DumpPart {
  /** Of the stored file. */
  readonly bytes: number;
  /** Of dump text. */
  readonly rawBytes: number;
}

/** What is in the staged file when a dump has succeeded. */
export interface Dumped extends StreamDigest {
  readonly parts: readonly DumpPart[];
  readonly access: Access;
}
