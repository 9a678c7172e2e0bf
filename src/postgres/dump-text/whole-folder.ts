import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { badDump } from './bad-dump.ts';
import type { DumpFacts } from './check-dump.ts';
import { plainDumpCommand } from './plain-dump.ts';

/**
 * Rejects with `bad-file` when a file of a dump in the directory format was cut short, or may have been, and pg_restore
 * did not notice: it does only inside gzip, and takes the first bytes of gzip for text. `facts` are of the text.
 */
export async function refuseCutFolder(folder: string, facts: DumpFacts): Promise<void> {
  const names = await readdir(folder);
  const data = names.filter(name => /^(?:\d+|blob_\d+)\.dat(?:\.\w+)?$/.test(name));
  for (const name of data.filter(isGzip))
    if ((await stat(join(folder, name))).size < emptyGzip) throw cut(folder, name);

  const tables = data.filter(name => !isLargeObject(name));
  const copied = facts.tables.filter(({ inserts }) => !inserts).length;
  // Rows that were cut have no end, so what follows became rows, the beginning of the next table included.
  if (copied > 0 && copied !== tables.length)
    throw badDump(
      `${folder} has the rows of ${tables.length} tables, and those of ${copied} were found`,
      again,
    );

  const lists = names.filter(name => /^blobs(?:_\d+)?\.toc$/.test(name));
  const lines = await Promise.all(lists.map(name => readFile(join(folder, name), 'latin1')));
  const listed = new Set(lines.flatMap(text => text.match(/(?<= )blob_\d+\.dat(?=\n)/g) ?? []));
  const unlisted = data.find(name => isLargeObject(name) && !listed.has(name.replace(/\.dat.*/, '.dat')));
  if (unlisted) throw badDump(`${folder} has a large object that no list there names: ${unlisted}`, again);

  const unproven = data.find(name => !isGzip(name) && (copied === 0 || isLargeObject(name)));
  if (unproven)
    throw badDump(
      `${join(folder, unproven)} may have been cut short: nothing in it, nor in pg_restore, would tell`,
      `If you know that it is whole, make a plain dump and restore that: ${plainDumpCommand(folder)}`,
    );
}

/** Bytes of gzip that holds nothing. */
const emptyGzip = 20;

const again = 'Take it anew from where it was copied from, or make another dump.';

function isGzip(name: string): boolean {
  return name.endsWith('.gz');
}

function isLargeObject(name: string): boolean {
  return name.startsWith('blob_');
}

function cut(folder: string, name: string): Error {
  return badDump(`${join(folder, name)} is incomplete`, again);
}
