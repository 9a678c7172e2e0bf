import { createHash, type Hash, hash } from 'node:crypto';

/** Rows in the order of the text. */
export interface DumpedRows {
  readonly rows: number;
  /** Of the rows and of the columns as they were listed. */
  readonly digest: string;
  /** As listed, in the order of the text; undefined for INSERTs and large objects. */
  readonly columns: readonly string[] | undefined;
}

/** One digest for all rows of each table. The leaves of a partitioned table may all be loaded through its root. */
export interface TableDigests {
  /** Goes on with the table when it is still the same one. */
  begin(table: string, columns?: readonly string[]): void;
  add(text: Buffer | string): void;
  count(rows: number): void;
  /** By the table's name as written; tables without rows are not there. */
  end(): Map<string, DumpedRows>;
}

export function createTableDigests(): TableDigests {
  const tables = new Map<string, DumpedRows>();
  let current:
    | { table: string; columns: readonly string[] | undefined; digest: Hash; rows: number; empty: boolean }
    | undefined;

  return {
    begin(table, columns) {
      if (current?.table === table && String(current.columns) === String(columns)) return;
      finish();
      current = { table, columns, digest: createHash('sha256').update(`${columns}\n`), rows: 0, empty: true };
    },
    add(text) {
      current!.digest.update(text);
      current!.empty = false;
    },
    count(rows) {
      current!.rows += rows;
    },
    end() {
      finish();
      return tables;
    },
  };

  function finish(): void {
    if (!current || current.empty) return;
    const { table, columns, rows } = current;
    const digest = current.digest.digest('base64');
    const before = tables.get(table);
    tables.set(table, {
      rows: rows + (before?.rows ?? 0),
      digest: before ? hash('sha256', before.digest + digest, 'base64') : digest,
      columns,
    });
  }
}
