import type { Manifest } from '../../catalog/manifest.ts';
import type { Server } from '../../contract/adapter.ts';
import type { RunContext } from '../../contract/run-context.ts';
import { OrchestrateError } from '../../errors.ts';
import { markedDigester, type StreamDigest } from '../../pipeline/meter.ts';
import { readText } from '../../pipeline/read-text.ts';
import { createAccessStatements } from '../../postgres/dump-text/access-statements.ts';
import { createDumpCheck, type DumpFacts } from '../../postgres/dump-text/check-dump.ts';
import { type DumpFormat, detectFormat } from '../../postgres/dump-text/detect-format.ts';
import type { DumpHandler } from '../../postgres/dump-text/dump-reader.ts';
import { createLoadLayout, type LoadLayout } from '../../postgres/dump-text/load-layout.ts';
import { plainDumpCommand } from '../../postgres/dump-text/plain-dump.ts';
import { refuseCutFolder } from '../../postgres/dump-text/whole-folder.ts';
import type { ChosenFile } from './choose-backup.ts';
import { type FileParts, fileParts, partRanges } from './file-parts.ts';
import { dumpReader, type ReadDump } from './read-dump.ts';

/** A dump that was read from its first to its last byte and may be restored. */
export interface CheckedFile {
  readonly path: string;
  readonly facts: DumpFacts;
  /** Reads it anew. */
  readonly read: ReadDump;
  /** What `read` gave; another digest now means another dump. */
  readonly digest: StreamDigest;
  /** What a load by several sessions has to know of its text. */
  readonly layout: LoadLayout | undefined;
  /** Where it can be read by several readers at the same time. */
  readonly parts: FileParts | undefined;
  readonly manifest: Manifest | undefined;
  /** Undefined when neither a manifest nor the file's name tells. */
  readonly startedAt: Date | undefined;
}

/**
 * Reads a whole file and holds it against its manifest. `open` reaches the server whose pg_restore reads archives;
 * `also` listens to what the text says.
 * Rejects with `bad-file` when it is damaged, incomplete, hostile, or no dump; the message says what it is, and the
 * hint what would help.
 */
export async function checkFile(
  { path, backup }: ChosenFile,
  run: RunContext,
  open: () => Promise<Server> = () => Promise.reject(noServer(path)),
  also: readonly DumpHandler[] = [],
): Promise<CheckedFile> {
  const format = await detectFormat(path);
  // An archive has them where its objects are, as ordinary statements.
  const access = format.kind === 'plain' ? undefined : createAccessStatements();
  const layout = createLoadLayout();
  const check = createDumpCheck(access, [layout.handler, ...also]);
  const manifest = backup?.manifest;
  const ranges = partsOf(format, manifest);
  const read = dumpReader(path, format, open, run);
  const marked = markedDigester(ranges.map(({ stored }) => stored.end));
  const readFirst: ReadDump =
    ranges.length > 0 ? sink => readText(path, { gzip: true, digest: marked }, run, sink) : read;
  let bytes = 0;
  const digest = await readFirst(async text => {
    for await (const chunk of text) {
      check.push(chunk);
      bytes += chunk.length;
      run.emit({ type: 'progress', stage: 'check', bytes });
    }
  });
  if (manifest && (manifest.sha256 !== digest.sha256 || manifest.bytes !== digest.bytes)) {
    throw new OrchestrateError('bad-file', `${path} is not what its manifest says: its SHA-256 differs`, {
      hint: 'The file was changed or damaged after the backup; choose another one from: db-orchestrate list',
    });
  }
  const facts = check.end();
  if (format.kind === 'directory') await refuseCutFolder(path, facts);
  const parts =
    ranges.length > 0 && ranges.at(-1)!.stored.end === digest.bytes && ranges.at(-1)!.text.end === facts.bytes
      ? fileParts(path, ranges, marked.states, run)
      : undefined;
  return {
    path,
    facts,
    read,
    digest,
    layout: layout.end(),
    parts,
    manifest,
    startedAt: backup?.startedAt,
  };
}

/** None where there is nothing to gain. */
function partsOf({ kind, gzip }: DumpFormat, manifest: Manifest | undefined): ReturnType<typeof partRanges> {
  const parts = kind === 'plain' && gzip ? (manifest?.parts ?? []) : [];
  return parts.length > 2 && parts.every(({ bytes }) => bytes > 0) ? partRanges(parts) : [];
}

/** The first of the files that is whole; a damaged one is passed over with a warning when others follow. */
export async function checkFirstWhole(
  files: readonly ChosenFile[],
  run: RunContext,
  open?: () => Promise<Server>,
): Promise<CheckedFile> {
  for (const [index, file] of files.entries()) {
    try {
      return await checkFile(file, run, open);
    } catch (error) {
      const isLast = index === files.length - 1;
      if (isLast || !(error instanceof OrchestrateError) || error.code !== 'bad-file') throw error;
      run.emit({ type: 'warning', message: `passed over: ${error.message}` });
    }
  }
  throw new OrchestrateError('usage', 'no file was chosen');
}

function noServer(path: string): OrchestrateError {
  return new OrchestrateError('bad-file', `${path} is an archive, which takes pg_restore to read`, {
    hint: `Make a plain dump of it: ${plainDumpCommand(path)}`,
  });
}
