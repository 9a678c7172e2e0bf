import type { Server } from '../../contract/adapter.ts';
import type { Compress } from '../../pipeline/compress.ts';
import { copyCommands } from '../../postgres/copy-commands.ts';
import type { CopyRange } from '../../postgres/copy-plan.ts';
import type { Snapshot } from '../../postgres/snapshot.ts';
import type { StagedFile } from '../../store/staged-file.ts';
import type { DumpProgress } from './dump-progress.ts';
import type { DumpPart } from './dumped.ts';
import type { ProgramGroup } from './program-group.ts';

/** Where a piece is. */
export interface CopiedPiece {
  readonly file: StagedFile;
  readonly part: DumpPart;
}

/** How pieces are copied out of a database. */
export interface PieceSource {
  readonly server: Server;
  readonly snapshot: Snapshot;
  readonly compress: Compress;
  readonly programs: ProgramGroup;
  readonly progress: DumpProgress;
}

export interface PiecePlaces {
  /** Takes those from the front, one behind the other. */
  readonly front: StagedFile;
  /** Fulfils when it has all that stands before them. */
  readonly ready: Promise<unknown>;
  /** Makes a file for one from the back. */
  readonly stage: () => Promise<StagedFile>;
}

/**
 * Copies pieces out by so many sessions, each of which takes one after the other: the first of them from the front, the
 * others from the back, until they meet. Fulfils with what each became, in order. When one fails, all programs of the
 * group are ended, and it rejects when its own have.
 */
export async function copyPieces(
  pieces: readonly CopyRange[][],
  workers: number,
  source: PieceSource,
  { front, ready, stage }: PiecePlaces,
): Promise<CopiedPiece[]> {
  const copied: CopiedPiece[] = [];
  const waiting = pieces.map((ranges, index) => ({ ranges, index }));
  const fromFront = async () => {
    await ready;
    for (let next = waiting.shift(); next; next = waiting.shift())
      copied[next.index] = await copyOut(next.ranges, front, source);
  };
  const fromBack = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop())
      copied[next.index] = await copyOut(next.ranges, await stage(), source);
  };
  const sessions = [fromFront(), ...Array.from({ length: workers - 1 }, fromBack)];
  try {
    await Promise.all(sessions);
    return copied;
  } catch (error) {
    waiting.length = 0;
    source.programs.kill(error);
    await Promise.allSettled(sessions);
    throw error;
  }
}

async function copyOut(
  ranges: readonly CopyRange[],
  file: StagedFile,
  { server, snapshot, compress, programs, progress }: PieceSource,
): Promise<CopiedPiece> {
  const before = (await file.handle.stat()).size;
  const compression = compress(file.handle);
  progress.watch(compression);
  const commands = copyCommands(ranges, snapshot.exported!);
  const { input: output } = compression;
  const copy = await programs.started(server.copyOut!({ database: snapshot.facts.name, commands, output }));
  const [copied, stored] = await Promise.allSettled([copy.done, compression.done]);
  // A compressor that failed says why the program's pipe broke.
  if (stored.status === 'rejected') throw stored.reason;
  if (copied.status === 'rejected') throw copied.reason;
  return { file, part: { bytes: (await file.handle.stat()).size - before, rawBytes: stored.value } };
}
