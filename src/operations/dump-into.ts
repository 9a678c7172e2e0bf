import type { Server } from '../contract/adapter.ts';
import type { RunContext } from '../contract/run-context.ts';
import { type WrittenDump, writeDump } from '../pipeline/write-dump.ts';
import { type Access, dumpAccess } from '../postgres/access.ts';
import type { Snapshot } from '../postgres/snapshot.ts';
import type { StagedFile } from '../store/staged-file.ts';

/**
 * Dumps contents, and owners and grants of the same moment, which go into the file as comments. Both side by side;
 * where their locks together are more than the server has room for, one after the other.
 */
export async function dumpInto(
  staged: StagedFile,
  server: Server,
  snapshot: Snapshot,
  run: RunContext,
): Promise<{ written: WrittenDump; access: Access }> {
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
  const written = await writeDump(dump, staged.handle, addition, bytes =>
    run.emit({ type: 'progress', stage: 'dump', bytes }),
  );
  return { written, access: await access! };
}

/** Each pg_dump locks every table and reads every sequence, and lets go of none of them before it ends. */
async function hasRoomForTwo({ session }: Snapshot): Promise<boolean> {
  const [row] = await session.query<{ room: boolean }>(`
    SELECT 2 * count(*) < current_setting('max_locks_per_transaction')::int * current_setting('max_connections')::int
      AS room FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')`);
  return row!.room;
}
