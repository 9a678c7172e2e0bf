import { createReadStream } from 'node:fs';
import { dirname } from 'node:path';
import { ClientFailure, type ClientProcess, type Server } from '../../contract/adapter.ts';
import type { RunContext } from '../../contract/run-context.ts';
import type { Compress } from '../../pipeline/compress.ts';
import { writeDump } from '../../pipeline/write-dump.ts';
import { type Access, dumpAccess } from '../../postgres/access.ts';
import { copyCommands } from '../../postgres/copy-commands.ts';
import type { CopyTable } from '../../postgres/copy-plan.ts';
import type { Snapshot } from '../../postgres/snapshot.ts';
import { type StagedFile, stageFile } from '../../store/staged-file.ts';
import type { Dumped, DumpPart } from './dump-into.ts';
import { dumpProgress } from './dump-progress.ts';
import { lockTimeout } from './share-tables.ts';

/**
 * One pg_dump for all but the rows of the shared-out tables, and beside it a session for each share, each into a file of
 * its own; joined they are one dump. Rejects with what failed first, when everything else has ended.
 */
export async function dumpSideBySide(
  staged: StagedFile,
  server: Server,
  snapshot: Snapshot,
  shares: readonly CopyTable[][],
  compress: Compress,
  run: RunContext,
): Promise<Dumped> {
  const folder = dirname(staged.path);
  const head = await stageFile(folder, run.id);
  const copies = await Promise.all(shares.map(() => stageFile(folder, run.id)));
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

  const copyOut = async (tables: readonly CopyTable[], file: StagedFile): Promise<number> => {
    const compression = compress(file.handle);
    progress.watch(compression);
    const commands = copyCommands(tables, snapshot.exported!);
    const database = snapshot.facts.name;
    const copy = await starts(server.copyOut({ database, commands, output: compression.input }));
    const [copied, stored] = await Promise.allSettled([copy.done, compression.done]);
    // A compressor that failed says why the program's pipe broke.
    if (stored.status === 'rejected') throw stored.reason;
    if (copied.status === 'rejected') throw copied.reason;
    return stored.value;
  };
  const dumpRest = async (access: Promise<Access>) => {
    const excluded = shares.flat().map(({ name }) => `--exclude-table-data=${name}`);
    const args = ['--no-owner', '--no-privileges', ...snapshot.dumpArguments, waitForLocks, ...excluded];
    const dump = await starts(server.dump({ database: snapshot.facts.name, args }));
    const places = { compress, head: head.handle, rest: rest.handle };
    return writeDump(dump, places, async () => (await access).block, progress.add);
  };

  const access = dumpAccess(server, snapshot, [waitForLocks]);
  const work = [dumpRest(access), access, ...shares.map((tables, index) => copyOut(tables, copies[index]!))];
  try {
    const [sizes, , ...copied] = (await Promise.all(work)) as [
      { head: number; rest: number },
      Access,
      ...number[],
    ];
    const rawBytes = [sizes.head, ...copied, sizes.rest];
    const parts: DumpPart[] = [];
    for (const [index, file] of [head, ...copies, rest].entries()) {
      parts.push({ bytes: await append(file, staged), rawBytes: rawBytes[index]! });
    }
    return { parts, access: await access };
  } catch (error) {
    failed = true;
    for (const program of started) program.kill();
    await Promise.allSettled(work);
    throw error;
  } finally {
    progress.stop();
    for (const file of [head, ...copies, rest]) await file.discard();
  }
}

/** Whether it failed for something that one pg_dump alone might not meet. */
export function isInTheWay(error: unknown): boolean {
  return (
    error instanceof ClientFailure &&
    /lock timeout|snapshot|connection slots|too many (?:clients|connections)/.test(error.stderr)
  );
}

const waitForLocks = `--lock-wait-timeout=${lockTimeout}`;

/** Returns how many bytes it was. */
async function append(file: StagedFile, to: StagedFile): Promise<number> {
  await to.handle.writeFile(createReadStream(file.path, { highWaterMark: 1024 * 1024 }));
  return (await file.handle.stat()).size;
}
