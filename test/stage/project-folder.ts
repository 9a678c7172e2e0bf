import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterFile } from './after-file.ts';

/** A new folder with the given files (path → content), removed after the file of tests. */
export function projectFolder(files: Readonly<Record<string, string>> = {}): string {
  // The real path, as process.cwd() has it: macOS reaches its temporary folder through a link.
  // In the run's folder, which goes away also when this process is killed.
  const folder = mkdtempSync(join(realpathSync(process.env.DBO_STAGE ?? tmpdir()), 'dbo project '));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  afterFile(async () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
