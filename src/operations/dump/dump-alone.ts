import type { Server } from '../../contract/adapter.ts';
import type { RunContext } from '../../contract/run-context.ts';
import type { Compress } from '../../pipeline/compress.ts';
import { joinedFile } from '../../pipeline/join-files.ts';
import { writeDump } from '../../pipeline/write-dump.ts';
import { dumpAccess } from '../../postgres/access.ts';
import type { Snapshot } from '../../postgres/snapshot.ts';
import type { StagedFile } from '../../store/staged-file.ts';
import type { Dumped } from './dumped.ts';

/** One pg_dump for the contents; the one for owners and grants beside it, or, where their locks are too many, after it. */
export async function dumpAlone(
  staged: StagedFile,
  server: Server,
  snapshot: Snapshot,
  compress: Compress,
  run: RunContext,
): Promise<Dumped> {
  const { name: database } = snapshot.facts;
  let access = (await hasRoomForTwo(snapshot)) ? dumpAccess(server, snapshot) : undefined;
  access?.catch(() => undefined); // awaited below, when the contents are through
  const dump = await server.dump({
    database,
    args: ['--no-owner', '--no-privileges', ...snapshot.dumpArguments],
  });
  const addition = async () => {
    if (!access) await dump.done;
    access ??= dumpAccess(server, snapshot);
    return (await access).block;
  };
  const tell = (bytes: number) => run.emit({ type: 'progress', stage: 'dump', bytes });
  const whole = joinedFile(staged.handle);
  try {
    const sizes = await writeDump(dump, { compress, head: staged.handle }, addition, tell);
    const digest = await whole.digest();
    return { ...digest, parts: [{ bytes: digest.bytes, rawBytes: sizes.head }], access: await access! };
  } finally {
    await whole.stop();
  }
}

/** Each pg_dump locks every table and reads every sequence, and lets go of none of them before it ends. */
async function hasRoomForTwo({ session }: Snapshot): Promise<boolean> {
  const [row] = await session.query<{ room: boolean }>(`
    SELECT 2 * count(*) < current_setting('max_locks_per_transaction')::int * current_setting('max_connections')::int
      AS room FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')`);
  return row!.room;
}
