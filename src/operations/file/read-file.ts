import type { Server } from '../../contract/adapter.ts';
import type { RunContext } from '../../contract/run-context.ts';
import type { DumpedAccess } from '../../postgres/comparison/access-difference.ts';
import { createDumpContents, type DumpContents } from '../../postgres/comparison/dump-contents.ts';
import { createDataRanges } from '../../postgres/dump-text/data-ranges.ts';
import type { ByteRange } from '../../postgres/dump-text/strip-ranges.ts';
import { type CheckedFile, checkFile } from './check-file.ts';
import type { ChosenFile } from './choose-backup.ts';

/** A file that was checked, and read for what it says. */
export interface ReadFile {
  readonly file: CheckedFile;
  readonly contents: DumpContents;
  /** Where its text has rows and the contents of large objects. */
  readonly data: readonly ByteRange[];
}

/** Rejects as `checkFile` does. */
export async function readFile(
  chosen: ChosenFile,
  run: RunContext,
  open?: () => Promise<Server>,
): Promise<ReadFile> {
  const contents = createDumpContents();
  const data = createDataRanges();
  const file = await checkFile(chosen, run, open, [contents.handler, data.handler]);
  return { file, contents: contents.end(), data: data.ranges };
}

/** Ours stand in comments at the end, others' among the statements. Only of ours it is known that they are all. */
export function dumpedAccess({ facts, manifest }: CheckedFile, contents: DumpContents): DumpedAccess {
  const statements = contents.access.length > 0 ? contents.access : facts.access;
  return { statements, complete: manifest !== undefined };
}
