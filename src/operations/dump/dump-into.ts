import type { Server } from '../../contract/adapter.ts';
import type { RunContext } from '../../contract/run-context.ts';
import { bestCompress } from '../../pipeline/compress.ts';
import type { StreamDigest } from '../../pipeline/meter.ts';
import type { Access } from '../../postgres/access.ts';
import type { Snapshot } from '../../postgres/snapshot.ts';
import type { StagedFile } from '../../store/staged-file.ts';
import { dumpAlone } from './dump-alone.ts';
import { dumpSideBySide, isInTheWay } from './dump-side-by-side.ts';
import type { Dumped, DumpPart } from './dumped.ts';
import { shareTables } from './share-tables.ts';

export interface WrittenDump extends StreamDigest {
  /** Bytes of dump text. */
  readonly rawBytes: number;
  readonly parts: DumpPart[];
}

/**
 * Dumps contents, and owners and grants of the same moment, which go into the file as comments. Large tables are read
 * side by side, by sessions of their own that see the same snapshot; where that cannot be, one pg_dump does it all.
 */
export async function dumpInto(
  staged: StagedFile,
  server: Server,
  snapshot: Snapshot,
  jobs: number,
  run: RunContext,
): Promise<{ written: WrittenDump; access: Access }> {
  const { parts, access, bytes, sha256 } = await dump(staged, server, snapshot, jobs, run);
  const rawBytes = parts.reduce((sum, part) => sum + part.rawBytes, 0);
  return { written: { bytes, sha256, rawBytes, parts: [...parts] }, access };
}

async function dump(
  staged: StagedFile,
  server: Server,
  snapshot: Snapshot,
  jobs: number,
  run: RunContext,
): Promise<Dumped> {
  const compress = await bestCompress(run);
  const shares = await shareTables(snapshot, jobs, run);
  if (shares.length > 0) {
    try {
      return await dumpSideBySide(staged, server, snapshot, shares, compress, run);
    } catch (error) {
      if (run.signal.aborted || !isInTheWay(error)) throw error;
      run.emit({ type: 'detail', message: `one pg_dump does it all: ${(error as Error).message}` });
      await staged.handle.truncate();
    }
  }
  return dumpAlone(staged, server, snapshot, compress, run);
}
