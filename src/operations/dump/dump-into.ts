import type { Server } from '../../contract/adapter.ts';
import type { RunContext } from '../../contract/run-context.ts';
import { bestCompress } from '../../pipeline/compress.ts';
import type { StreamDigest } from '../../pipeline/meter.ts';
import type { Access } from '../../postgres/access.ts';
import type { Snapshot } from '../../postgres/snapshot.ts';
import type { StagedFile } from '../../store/staged-file.ts';
import { dumpAlone } from './dump-alone.ts';
import { dumpSideBySide } from './dump-side-by-side.ts';
import type { Dumped, DumpPart } from './dumped.ts';
import { inShares } from './share-tables.ts';

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
  return inShares(
    snapshot,
    jobs,
    run,
    (tables, workers) => dumpSideBySide(staged, server, snapshot, { tables, workers }, compress, run),
    async () => {
      await staged.handle.truncate(); // of what came in the way
      return dumpAlone(staged, server, snapshot, compress, run);
    },
  );
}
