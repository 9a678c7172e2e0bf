import { dirname } from 'node:path';
import type { ClientProcess, Server } from '../../contract/adapter.ts';
import type { RunContext } from '../../contract/run-context.ts';
import type { Compress } from '../../pipeline/compress.ts';
import { joinedFile } from '../../pipeline/join-files.ts';
import { writeDump } from '../../pipeline/write-dump.ts';
import { type Access, dumpAccess } from '../../postgres/access.ts';
import { copyCommands } from '../../postgres/copy-commands.ts';
import { type CopyRange, type CopyTable, cutUp } from '../../postgres/copy-plan.ts';
import type { Snapshot } from '../../postgres/snapshot.ts';
import { type StagedFile, stageFile } from '../../store/staged-file.ts';
import { dumpProgress } from './dump-progress.ts';
import type { Dumped, DumpPart } from './dumped.ts';
import { besideTables, waitForLocks } from './share-tables.ts';

/**
 * One pg_dump for all but the rows of the shared-out tables, and beside it sessions that take one piece of those after the
 * other, each into a file of its own; joined they are one dump. The first session begins at the front and writes behind the
 * head, where that belongs: writing twice would take as long as reading. The others begin at the back. Rejects with what
 * failed first, when everything else has ended.
 */
export async function dumpSideBySide(
  staged: StagedFile,
  server: Server,
  snapshot: Snapshot,
  { tables, workers }: { readonly tables: readonly CopyTable[]; readonly workers: number },
  compress: Compress,
  run: RunContext,
): Promise<Dumped> {
  const pieces = cutUp(tables, workers);
  const copied: { file: StagedFile; part: DumpPart }[] = [];
  const joined = joinedFile(staged.handle);
  const stage = () => stageFile(dirname(staged.path), run.id);
  const rest = await stage();
  const temporary = [rest];
  const progress = dumpProgress(run);
  const started: ClientProcess[] = [];
  let failed = false;
  const starts = async (starting: Promise<ClientProcess>) => {
    const program = await starting;
    started.push(program);
    if (failed) program.kill();
    return program;
  };

  const copyOut = async (ranges: readonly CopyRange[], { handle }: StagedFile): Promise<DumpPart> => {
    const before = (await handle.stat()).size;
    const compression = compress(handle);
    progress.watch(compression);
    const commands = copyCommands(ranges, snapshot.exported!);
    const database = snapshot.facts.name;
    const copy = await starts(server.copyOut!({ database, commands, output: compression.input }));
    const [copying, stored] = await Promise.allSettled([copy.done, compression.done]);
    // A compressor that failed says why the program's pipe broke.
    if (stored.status === 'rejected') throw stored.reason;
    if (copying.status === 'rejected') throw copying.reason;
    return { bytes: (await handle.stat()).size - before, rawBytes: stored.value };
  };
  const waiting = pieces.map((ranges, index) => ({ ranges, index }));
  const copyFront = async () => {
    const headBytes = await joined.grown();
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      copied[next.index] = { file: staged, part: await copyOut(next.ranges, staged) };
      void joined.grown(); // while the next piece is read
    }
    return headBytes;
  };
  const copyBack = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const file = await stage();
      temporary.push(file);
      copied[next.index] = { file, part: await copyOut(next.ranges, file) };
    }
  };
  const dumpRest = async (access: Promise<Access>, onHead: () => void) => {
    const args = ['--no-owner', '--no-privileges', ...snapshot.dumpArguments, ...besideTables(tables)];
    const dump = await starts(server.dump({ database: snapshot.facts.name, args }));
    const places = { compress, head: staged.handle, rest: rest.handle, onHead };
    return writeDump(dump, places, async () => (await access).block, progress.add);
  };

  const access = dumpAccess(server, snapshot, [waitForLocks]);
  const head = Promise.withResolvers<void>();
  const dumping = dumpRest(access, head.resolve);
  dumping.catch(head.reject);
  const front = head.promise.then(copyFront);
  const copying = [front, ...Array.from({ length: workers - 1 }, copyBack)];
  try {
    const [sizes, headBytes] = await Promise.all([dumping, front, access, ...copying]);
    for (const { file } of copied) if (file !== staged) await joined.append(file.handle);
    const restBytes = await joined.append(rest.handle);
    const parts = [
      { bytes: headBytes, rawBytes: sizes.head },
      ...copied.map(({ part }) => part),
      { bytes: restBytes, rawBytes: sizes.rest },
    ];
    return { ...(await joined.digest()), parts, access: await access };
  } catch (error) {
    failed = true;
    waiting.length = 0;
    for (const program of started) program.kill();
    await Promise.allSettled([dumping, ...copying, access]);
    await joined.digest().catch(() => undefined); // when nothing reads the files any more
    throw error;
  } finally {
    progress.stop();
    for (const file of temporary) await file.discard();
  }
}
