import { ClientFailure, type Server } from '../../contract/adapter.ts';
import type { RunContext } from '../../contract/run-context.ts';
import { OrchestrateError } from '../../errors.ts';
import type { StreamDigest } from '../../pipeline/meter.ts';
import { type FeedArchive, readArchive } from '../../pipeline/read-archive.ts';
import { readText } from '../../pipeline/read-text.ts';
import { wholeTar } from '../../pipeline/whole-tar.ts';
import type { DumpFormat } from '../../postgres/dump-text/detect-format.ts';
import { plainDumpCommand } from '../../postgres/dump-text/plain-dump.ts';

/**
 * Hands on the text of a dump from its first to its last byte. Fulfils with a digest that is the same as long as the
 * text is: a file's own, or that of the text in an archive. Rejects with `bad-file` when there is no whole text in it.
 */
export type ReadDump = (sink: (text: AsyncIterable<Buffer>) => Promise<void>) => Promise<StreamDigest>;

/**
 * The way to a dump's text. An archive needs pg_restore, which is where the server's other programs are.
 */
export function dumpReader(
  path: string,
  { kind, gzip }: DumpFormat,
  open: () => Promise<Server>,
  run: RunContext,
): ReadDump {
  const stored: ReadDump = sink => readText(path, { gzip }, run, sink);
  if (kind === 'plain') return stored;
  const feed: FeedArchive = async write => {
    await stored(async archive => {
      for await (const chunk of kind === 'tar' ? wholeTar(archive) : archive) await write(chunk);
    });
  };
  return async sink => {
    const server = await open();
    const isFolder = kind === 'directory';
    const pgRestore = await server.unpack(isFolder ? path : undefined);
    try {
      return await readArchive(pgRestore, isFolder ? undefined : feed, sink);
    } catch (error) {
      throw ofArchive(error) ? unreadable(path, error) : error;
    }
  };
}

/** It also crashes on archives that are damaged. What else ended it, or the way to it, is not the archive's doing. */
function ofArchive(error: unknown): error is ClientFailure {
  if (!(error instanceof ClientFailure) || error.program !== 'pg_restore') return false;
  return error.exitCode !== null || /segmentation fault|signal 11\b/i.test(error.stderr);
}

function unreadable(path: string, error: ClientFailure): OrchestrateError {
  return new OrchestrateError('bad-file', `${path} cannot be read: ${error.message}`, {
    cause: error,
    hint: newerHint(path, error.stderr) ?? 'It is damaged or was cut short; choose another one.',
  });
}

/** Versions of the archive format, and the first pg_dump that wrote them; up to 1.14 every pg_restore reads. */
const writers: Record<string, number> = { '1.15': 16, '1.16': 17 };

function newerHint(path: string, stderr: string): string | undefined {
  const version = /unsupported version \((\d+\.\d+)\)/.exec(stderr)?.[1];
  if (version === undefined) return undefined;
  const major = writers[version];
  const newer = major
    ? `those of PostgreSQL ${major} or later, for example: apt-get install postgresql-client-${major}`
    : 'newer ones';
  return `It takes other client programs: ${newer}. Or make a plain dump where they are, and restore that: ${plainDumpCommand(path)}`;
}
