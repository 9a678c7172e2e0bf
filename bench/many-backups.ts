import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** A project in `folder` with so many backups, each with its manifest; they share the bytes of one real backup. */
export function manyBackups(file: string, count: number, folder: string): void {
  if (existsSync(folder)) return;
  const unfinished = `${folder}.making`;
  mkdirSync(join(unfinished, 'backups'), { recursive: true });
  const targets = { local: { adapter: 'local-hybrid', name: 'many' } };
  writeFileSync(join(unfinished, 'backup.config.json'), JSON.stringify({ targets }));
  const manifest = JSON.parse(readFileSync(`${file}.json`, 'utf8'));
  const first = Date.UTC(2024, 0, 1);
  for (let n = 0; n < count; n++) {
    const startedAt = new Date(first + n * 1_800_000).toISOString();
    const name = `many_backup_${startedAt.slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '_')}.sql.gz`;
    const path = join(unfinished, 'backups', name);
    linkSync(file, path);
    writeFileSync(
      `${path}.json`,
      JSON.stringify({ ...manifest, startedAt, label: `after ${basename(file)}` }),
    );
  }
  renameSync(unfinished, folder);
}
