import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../../src/catalog/manifest.ts';
import { publishBackup } from '../../src/store/publish-backup.ts';
import { type StagedFile, stageFile } from '../../src/store/staged-file.ts';
import { projectFolder } from '../stage/project-folder.ts';

export function backupFolder(): { folder: string; names(): string[] } {
  const folder = join(projectFolder(), 'backups');
  mkdirSync(folder);
  return { folder, names: () => readdirSync(folder).sort() };
}

/** A manifest of a backup that began then. */
export function sampleManifest(startedAt: Date, changes: Partial<Manifest> = {}): Manifest {
  return {
    format: 1,
    tool: 'db-orchestrate 0.0.0',
    target: 'local',
    adapter: 'local-hybrid',
    origin: 'manual',
    startedAt: startedAt.toISOString(),
    finishedAt: startedAt.toISOString(),
    serverVersion: '15.1',
    dumpVersion: '15.1',
    database: {
      name: 'app',
      encoding: 'UTF8',
      collate: 'C',
      ctype: 'C',
      provider: 'c',
      locale: null,
      icuRules: null,
      tablespace: 'pg_default',
      owner: 'app',
      connectionLimit: -1,
      comment: null,
      privileges: null,
      settings: [],
    },
    extensions: [],
    roles: [],
    leftOut: [],
    rawBytes: 10,
    bytes: 5,
    sha256: '00',
    proof: null,
    ...changes,
  };
}

export async function staged(folder: string, content: string, runId = '00000001'): Promise<StagedFile> {
  const file = await stageFile(folder, runId);
  await file.handle.writeFile(content);
  return file;
}

export async function publish(folder: string, content: string, startedAt: Date): Promise<string> {
  const place = { directory: folder, prefix: 'app', runId: '00000001' };
  return publishBackup(await staged(folder, content), { manifest: sampleManifest(startedAt) }, place);
}
