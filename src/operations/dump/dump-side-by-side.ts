import { dirname } from 'node:path';
import type { Server } from '../../contract/adapter.ts';
import type { RunContext } from '../../contract/run-context.ts';
import type { Compress } from '../../pipeline/compress.ts';
import { joinedFile } from '../../pipeline/join-files.ts';
import { writeDump } from '../../pipeline/write-dump.ts';
import { dumpAccess } from '../../postgres/access.ts';
import { type CopyTable, cutUp } from '../../postgres/copy-plan.ts';
import type { Snapshot } from '../../postgres/snapshot.ts';
import { type StagedFile, stageFile } from '../../store/staged-file.ts';
import { copyPieces } from './copy-pieces.ts';
import { dumpProgress } from './dump-progress.ts';
import type { Dumped } from './dumped.ts';
import { programGroup } from './program-group.ts';
import { besideTables, waitForLocks } from './share-tables.ts';

/**
 * One pg_dump for all but the rows of the large tables, and beside it sessions that copy those out in pieces; joined they
 * are one dump. The first pieces follow the head at once, where they belong: writing all twice would take as long as
 * reading it. Rejects with what failed first, when everything else has ended.
 */
export async function dumpSideBySide(
  staged: StagedFile,
  server: Server,
  snapshot: Snapshot,
  { tables, workers }: { readonly tables: readonly CopyTable[]; readonly workers: number },
  compress: Compress,
  run: RunContext,
): Promise<Dumped> {
  const programs = programGroup();
  const progress = dumpProgress(run);
  const temporary: StagedFile[] = [];
  const stage = async () => {
    const file = await stageFile(dirname(staged.path), run.id);
    temporary.push(file);
    return file;
  };
  const rest = await stage();
  const joined = joinedFile(staged.handle);

  const access = dumpAccess(server, snapshot, [waitForLocks]);
  const head = Promise.withResolvers<void>();
  const dumpRest = async () => {
    const args = ['--no-owner', '--no-privileges', ...snapshot.dumpArguments, ...besideTables(tables)];
    const dump = await programs.started(server.dump({ database: snapshot.facts.name, args }));
    const places = { compress, head: staged.handle, rest: rest.handle, onHead: head.resolve };
    return writeDump(dump, places, async () => (await access).block, progress.add);
  };
  const dumping = dumpRest();
  dumping.catch(head.reject);
  const headBytes = head.promise.then(async () => (await staged.handle.stat()).size);
  const copying = copyPieces(
    cutUp(tables, workers),
    workers,
    { server, snapshot, compress, programs, progress },
    { front: staged, ready: headBytes, stage },
  );
  try {
    const [sizes, copied] = await Promise.all([dumping, copying, access]);
    for (const { file } of copied) if (file !== staged) await joined.append(file.handle);
    const restBytes = await joined.append(rest.handle);
    const parts = [
      { bytes: await headBytes, rawBytes: sizes.head },
      ...copied.map(({ part }) => part),
      { bytes: restBytes, rawBytes: sizes.rest },
    ];
    return { ...(await joined.digest()), parts, access: await access };
  } catch (error) {
    programs.kill(error);
    await Promise.allSettled([dumping, copying, access]);
    throw programs.failure;
  } finally {
    progress.stop();
    await joined.stop();
    for (const file of temporary) await file.discard();
  }
}
