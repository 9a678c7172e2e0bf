import { lstat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { backupFileName } from '../catalog/file-name.ts';
import { globalsName, type Manifest, manifestName } from '../catalog/manifest.ts';
import { type StagedFile, stageFile } from './staged-file.ts';

/** What is published with a dump. */
export interface Companions {
  readonly manifest: Manifest;
  /** The text of roles and tablespaces. */
  readonly globals?: Buffer | undefined;
}

/**
 * Gives a staged backup its name: what stands beside it first, the data file last, since its name is the commit. A taken
 * name moves to the next free second. Returns the published file's path.
 */
export async function publishBackup(
  data: StagedFile,
  { manifest, globals }: Companions,
  place: { directory: string; prefix: string; runId: string },
): Promise<string> {
  const { directory, prefix } = place;
  for (let second = new Date(manifest.startedAt); ; second = new Date(second.getTime() + 1000)) {
    const name = backupFileName(prefix, second);
    if (await lstat(join(directory, name)).catch(() => undefined)) continue;
    const published: string[] = [];
    const beside = async (own: string, content: string | Buffer) => {
      const isFree = await publishText(own, content, place);
      if (isFree) published.push(own);
      return isFree;
    };
    let isWhole = false;
    try {
      isWhole =
        (globals === undefined || (await beside(globalsName(name), globals))) &&
        (await beside(manifestName(name), `${JSON.stringify(manifest, null, 2)}\n`)) &&
        (await data.publish(name));
      if (isWhole) return join(directory, name);
    } finally {
      if (!isWhole) for (const own of published) await unlink(join(directory, own)).catch(() => undefined);
    }
  }
}

async function publishText(
  name: string,
  content: string | Buffer,
  { directory, runId }: { directory: string; runId: string },
): Promise<boolean> {
  const staged = await stageFile(directory, runId);
  try {
    await staged.handle.writeFile(content);
    return await staged.publish(name);
  } finally {
    await staged.discard();
  }
}
