import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Backup } from '../catalog/catalog.ts';
import type { Config } from '../config/config.ts';
import type { RunContext } from '../contract/run-context.ts';
import { type DumpFormat, detectFormat } from '../postgres/dump-text/detect-format.ts';
import type { CheckedFile } from './file/check-file.ts';
import { rowsByTable, type TableContents } from './file/rows-by-table.ts';
import { withShownFile } from './show-file.ts';

/** What is in a backup. */
export interface BackupContents {
  readonly file: CheckedFile;
  readonly format: DumpFormat;
  /** What the catalog knows of it, when its name is one of ours. */
  readonly backup: Backup | undefined;
  /** Of the stored file, or of all files of a folder. */
  readonly bytes: number;
  /** Those that the file has rows of, or the place for them, by name. */
  readonly tables: readonly TableContents[];
}

/** Reads a whole backup and says what is in it. Rejects as `withShownFile` does. */
export function show(
  typed: string,
  target: string | undefined,
  config: Config,
  run: RunContext,
): Promise<BackupContents> {
  return withShownFile(typed, target, config, run, async (file, { path, backup }) => {
    if (backup?.hasUnreadableManifest)
      run.emit({ type: 'warning', message: `its manifest cannot be read: ${path}.json` });
    const format = await detectFormat(path);
    const tables = rowsByTable(file).sort((a, b) => (a.name < b.name ? -1 : 1));
    return { file, format, backup, bytes: await bytesOf(path), tables };
  });
}

async function bytesOf(path: string): Promise<number> {
  const info = await stat(path);
  if (!info.isDirectory()) return info.size;
  const files = await Promise.all((await readdir(path)).map(name => stat(join(path, name))));
  return files.reduce((sum, file) => sum + file.size, 0);
}
