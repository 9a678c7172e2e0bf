import type { Config } from '../config/config.ts';
import type { RunContext } from '../contract/run-context.ts';
import { nameKey, type QualifiedName, writtenName } from '../postgres/dump-text/table-names.ts';
import type { TablePart } from '../postgres/dump-text/table-parts.ts';
import { selectTableParts } from '../postgres/dump-text/table-selection.ts';
import { findTables } from './file/find-tables.ts';
import { readTableParts, writeRanges } from './file/table-text.ts';
import { withShownFile } from './show-file.ts';

/**
 * Hands on, as SQL that psql executes, all that a backup says of some of its tables. The whole file is checked before
 * that. Stops when `write` says that nobody reads on. Rejects as `withShownFile` does, and with `usage` for a name that
 * no table has, or several.
 */
export function showTables(
  typed: string,
  names: readonly string[],
  target: string | undefined,
  config: Config,
  run: RunContext,
  write: (piece: Buffer) => Promise<boolean>,
): Promise<void> {
  return withShownFile(typed, target, config, run, async file => {
    const found = await readTableParts(file, run);
    const tables = findTables(names, found.tables);
    tellOfPartitions(found.parts, tables, run);
    const ranges = selectTableParts(found, tables);
    const closed = new Error('nobody reads on');
    try {
      await writeRanges(file, { ranges }, { stage: 'show', run }, async piece => {
        if (!(await write(piece))) throw closed;
      });
    } catch (error) {
      if (error !== closed) throw error;
    }
  });
}

function tellOfPartitions(
  parts: readonly TablePart[],
  tables: readonly QualifiedName[],
  run: RunContext,
): void {
  const chosen = new Set(tables.map(nameKey));
  const isChosen = (name: QualifiedName) => chosen.has(nameKey(name));
  for (const table of tables) {
    const attached = parts.filter(
      part => part.kind === 'attached partition' && nameKey(part.table!) === nameKey(table),
    );
    const others = attached.map(({ partition }) => partition!).filter(partition => !isChosen(partition));
    if (others.length === 0) continue;
    const [first] = others.map(writtenName);
    const message = `the rows of ${writtenName(table)} are in ${others.length} partitions, which are tables of their own, such as ${first}`;
    run.emit({ type: 'notice', message });
  }
}
