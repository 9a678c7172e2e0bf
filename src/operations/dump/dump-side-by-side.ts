import { dirname } from 'node:path';
import type { ClientProcess, Server } from '../../contract/adapter.ts';
import type { RunContext } from '../../contract/run-context.ts';
import type { Compress } from '../../pipeline/compress.ts';
import { joinFiles } from '../../pipeline/join-files.ts';
import { writeDump } from '../../pipeline/write-dump.ts';
import { type Access, dumpAccess } from '../../postgres/access.ts';
import { copyCommands } from '../../postgres/copy-commands.ts';
import type { CopyTable } from '../../postgres/copy-plan.ts';
import type { Snapshot } from '../../postgres/snapshot.ts';
import { type StagedFile, stageFile } from '../../store/staged-file.ts';
import { dumpProgress } from './dump-progress.ts';
import type { Dumped, DumpPart } from './dumped.ts';
import { besideShares, waitForLocks } from './share-tables.ts';

/**
 * One pg_dump for all but the rows of the shared-out tables, and beside it a session for each share, each into a file of
 * its own; joined they are one dump. The largest share follows the head at once, where it belongs: writing it twice would
 * take as long as reading it. Rejects with what failed first, when everything else has ended.
 */
export async function dumpSideBySide(
  staged: StagedFile,
  server: Server,
  snapshot: Snapshot,
  shares: readonly CopyTable[][],
  compress: Compress,
  run: RunContext,
): Promise<Dumped> {
  const [first, ...others] = shares;
  const folder = dirname(staged.path);
  const copies = await Promise.all(others.map(() => stageFile(folder, run.id)));
  const rest = await stageFile(folder, run.id);
  const progress = dumpProgress(run);
  const started: ClientProcess[] = [];
  let failed = false;
  const starts = async (starting: Promise<ClientProcess>) => {
    const program = await starting;
    started.push(program);
    if (failed) program.kill();
    return program;
  };

  const copyOut = async (tables: readonly CopyTable[], { handle }: StagedFile): Promise<DumpPart> => {
    const before = (await handle.stat()).size;
    const compression = compress(handle);
    progress.watch(compression);
    const commands = copyCommands(tables, snapshot.exported!);
    const database = snapshot.facts.name;
    const copy = await starts(server.copyOut!({ database, commands, output: compression.input }));
    const [copied, stored] = await Promise.allSettled([copy.done, compression.done]);
    // A compressor that failed says why the program's pipe broke.
    if (stored.status === 'rejected') throw stored.reason;
    if (copied.status === 'rejected') throw copied.reason;
    return { bytes: (await handle.stat()).size - before, rawBytes: stored.value };
  };
  const dumpRest = async (access: Promise<Access>, onHead: () => void) => {
    const args = ['--no-owner', '--no-privileges', ...snapshot.dumpArguments, ...besideShares(shares)];
    const dump = await starts(server.dump({ database: snapshot.facts.name, args }));
    const places = { compress, head: staged.handle, rest: rest.handle, onHead };
    return writeDump(dump, places, async () => (await access).block, progress.add);
  };

  const access = dumpAccess(server, snapshot, [waitForLocks]);
  const head = Promise.withResolvers<void>();
  const dumping = dumpRest(access, head.resolve);
  dumping.catch(head.reject);
  const copying = [
    head.promise.then(() => copyOut(first!, staged)),
    ...others.map((tables, index) => copyOut(tables, copies[index]!)),
  ];
  try {
    const [sizes, copied] = await Promise.all([dumping, Promise.all(copying), access]);
    const files = [staged, ...copies, rest].map(({ handle }) => handle);
    const { sizes: stored, ...digest } = await joinFiles(files, staged.handle);
    const parts = [
      { bytes: stored[0]! - copied[0]!.bytes, rawBytes: sizes.head },
      ...copied,
      { bytes: stored.at(-1)!, rawBytes: sizes.rest },
    ];
    return { ...digest, parts, access: await access };
  } catch (error) {
    failed = true;
    for (const program of started) program.kill();
    await Promise.allSettled([dumping, ...copying, access]);
    throw error;
  } finally {
    progress.stop();
    for (const file of [...copies, rest]) await file.discard();
  }
}
