import type { Manifest } from '../catalog/manifest.ts';
import type { RunContext } from '../contract/run-context.ts';
import { OrchestrateError } from '../errors.ts';
import type { StreamDigest } from '../pipeline/meter.ts';
import { readText } from '../pipeline/read-text.ts';
import { createDumpCheck, type DumpFacts } from '../postgres/dump-text/check-dump.ts';
import { detectFormat } from '../postgres/dump-text/detect-format.ts';
import type { ChosenFile } from './choose-backup.ts';

/** A file that was read from its first to its last byte and may be restored. */
export interface CheckedFile {
  readonly path: string;
  readonly gzip: boolean;
  readonly facts: DumpFacts;
  /** Of the stored file as it was read. */
  readonly stored: StreamDigest;
  readonly manifest: Manifest | undefined;
  /** Undefined when neither a manifest nor the file's name tells. */
  readonly startedAt: Date | undefined;
}

/**
 * Reads a whole file and holds it against its manifest. Rejects with `bad-file` when it is damaged, incomplete,
 * hostile, or no plain dump; the message says what it is, and the hint what would help.
 */
export async function checkFile({ path, backup }: ChosenFile, run: RunContext): Promise<CheckedFile> {
  const format = await detectFormat(path);
  const gzip = format === 'gzip';
  const check = createDumpCheck();
  let bytes = 0;
  const stored = await readText(path, { gzip, signal: run.signal }, async text => {
    for await (const chunk of text) {
      check.push(chunk);
      bytes += chunk.length;
      run.emit({ type: 'progress', stage: 'check', bytes });
    }
  });
  const manifest = backup?.manifest;
  if (manifest && (manifest.sha256 !== stored.sha256 || manifest.bytes !== stored.bytes)) {
    throw new OrchestrateError('bad-file', `${path} is not what its manifest says: its SHA-256 differs`, {
      hint: 'The file was changed or damaged after the backup; choose another one from: db-orchestrate list',
    });
  }
  return { path, gzip, facts: check.end(), stored, manifest, startedAt: backup?.startedAt };
}

/** The first of the files that is whole; a damaged one is passed over with a warning when others follow. */
export async function checkFirstWhole(files: readonly ChosenFile[], run: RunContext): Promise<CheckedFile> {
  for (const [index, file] of files.entries()) {
    try {
      return await checkFile(file, run);
    } catch (error) {
      const isLast = index === files.length - 1;
      if (isLast || !(error instanceof OrchestrateError) || error.code !== 'bad-file') throw error;
      run.emit({ type: 'warning', message: `passed over: ${error.message}` });
    }
  }
  throw new OrchestrateError('usage', 'no file was chosen');
}
