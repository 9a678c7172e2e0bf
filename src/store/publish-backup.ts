import { lstat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { backupFileName } from '../catalog/file-name.ts';
import { type Manifest, manifestName } from '../catalog/manifest.ts';
import { type StagedFile, stageFile } from './staged-file.ts';

/**
 * Gives a staged backup its name: the manifest first, the data file last, since its name is the commit. A taken
 * name moves to the next free second. Returns the published file's path.
 */
export async function publishBackup(
  data: StagedFile,
  manifest: Manifest,
  place: { directory: string; prefix: string; runId: string },
): Promise<string> {
  const { directory, prefix, runId } = place;
  for (let second = new Date(manifest.startedAt); ; second = new Date(second.getTime() + 1000)) {
    const name = backupFileName(prefix, second);
    if (await lstat(join(directory, name)).catch(() => undefined)) continue;
    const beside = await stageFile(directory, runId);
    try {
      await beside.handle.writeFile(`${JSON.stringify(manifest, null, 2)}\n`);
      if (!(await beside.publish(manifestName(name)))) continue;
    } finally {
      await beside.discard();
    }
    try {
      if (await data.publish(name)) return join(directory, name);
    } catch (error) {
      await unlink(join(directory, manifestName(name))).catch(() => undefined);
      throw error;
    }
    await unlink(join(directory, manifestName(name)));
  }
}
