import type { CheckedFile } from './check-file.ts';

export interface TableContents {
  /** As the file writes it, e.g. `public."order"`. */
  readonly name: string;
  readonly rows: number;
  /** Of its rows in the text. */
  readonly bytes: number;
}

/** In the order of the file. A table's rows may stand in several COPYs, and its INSERTs apart from one another. */
export function rowsByTable({ facts }: CheckedFile): TableContents[] {
  const tables = new Map<string, TableContents>();
  for (const { name, rows, bytes } of facts.tables) {
    const before = tables.get(name);
    tables.set(name, { name, rows: rows + (before?.rows ?? 0), bytes: bytes + (before?.bytes ?? 0) });
  }
  return [...tables.values()];
}
