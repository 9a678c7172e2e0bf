import { constants } from 'node:fs';
import { type FileHandle, link, lstat, mkdir, open, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { processIdentity } from '../process-identity.ts';

/** A file that is being written under a hidden name and appears under its own only when it is whole. */
export interface StagedFile {
  readonly path: string;
  /** Writes go to the end, also those of programs that it was given to. */
  readonly handle: FileHandle;
  /**
   * Makes the bytes durable and gives them their name in the same folder; false when that name is taken, with
   * nothing changed. Never replaces a file.
   */
  publish(name: string): Promise<boolean>;
  /** The same, but replaces a file of that name. For what is said of a backup, never for a backup. */
  replace(name: string): Promise<void>;
  /** Removes what was staged; nothing happens to what was published. */
  discard(): Promise<void>;
}

/** Opens a staged file in `directory`, mode 0600; the folder is made (mode 0700) when missing. */
export async function stageFile(directory: string, runId: string): Promise<StagedFile> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, stagedName(runId, (await processIdentity()) ?? 'unknown'));
  const handle = await open(
    path,
    constants.O_CREAT | constants.O_EXCL | constants.O_RDWR | constants.O_APPEND,
    0o600,
  );
  let closed = false;
  const close = async () => {
    if (!closed) {
      closed = true;
      await handle.close();
    }
  };
  return {
    path,
    handle,
    async publish(name) {
      if (!closed) await handle.sync();
      await close();
      return giveName(path, join(directory, name));
    },
    async replace(name) {
      await handle.sync();
      await close();
      await rename(path, join(directory, name));
      await syncDirectory(directory);
    },
    async discard() {
      await close().catch(() => undefined);
      await unlink(path).catch(() => undefined);
    },
  };
}

let count = 0;

function stagedName(runId: string, identity: string): string {
  count += 1;
  return `.db-orchestrate-${runId}-${count}.${identity}.partial`;
}

/** The process that staged a file of this name; undefined for files that are not staged ones. */
export function stagedBy(name: string): string | undefined {
  return /^\.db-orchestrate-[0-9a-f]{8}-\d+\.(.+)\.partial$/.exec(name)?.[1];
}

async function giveName(from: string, to: string): Promise<boolean> {
  try {
    // link, not rename: rename would replace a file of that name, and link fails.
    await link(from, to);
    await unlink(from);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code ?? '')) throw error;
    // A file system without hard links (exFAT, some shares): look, then rename.
    if (await lstat(to).catch(() => undefined)) return false;
    await rename(from, to);
  }
  await syncDirectory(dirname(to));
  return true;
}

/** A name is durable only when its folder is. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, constants.O_RDONLY);
  try {
    await handle.sync();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error; // file systems that cannot
  } finally {
    await handle.close();
  }
}
