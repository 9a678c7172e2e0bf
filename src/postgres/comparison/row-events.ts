import { createHash, type Hash, hash } from 'node:crypto';
import type { DumpHandler } from '../dump-text/dump-reader.ts';
import { createInsertTarget } from '../dump-text/insert-target.ts';
import { decode } from '../dump-text/names.ts';
import { largeObjects } from './dump-contents.ts';
import { sortedColumns } from './normal-form.ts';
import { createRowDigest } from './row-digest.ts';

/** One row of a table. */
export interface Row {
  readonly table: string;
  /** 32 bytes; of the row with its columns sorted by name. */
  readonly digest: Buffer;
  /** From 1, in the order of the text. */
  readonly number: number;
  /** Its first bytes, as they stand in the text. */
  readonly start: Buffer;
}

/** Tells of each row of the wanted tables by itself; a row that is longer than memory goes by in pieces. */
export function createRowEvents(
  wanted: ReadonlySet<string>,
  onRow: (row: Row) => void,
): { readonly handler: DumpHandler; end(): void } {
  const insertTarget = createInsertTarget();
  const numbers = new Map<string, number>();
  const row = createRowDigest();
  let table: string | undefined;
  let rest: Hash | undefined;
  let largeObject: { digest: Hash; start: Buffer } | undefined;
  let order: readonly number[] = [];

  return {
    handler: {
      onStatementRest(piece) {
        rest ??= createHash('sha256');
        rest.update(piece);
      },
      onStatement(statement) {
        const long = rest?.digest() ?? Buffer.alloc(0);
        rest = undefined;
        const { keyword, text } = statement;
        if (keyword === 'INSERT') {
          const { table } = insertTarget(statement);
          if (wanted.has(table)) tell(table, hash('sha256', Buffer.concat([text, long]), 'buffer'), text);
        } else if (keyword === 'SELECT' && wanted.has(largeObjects)) readLargeObject(text);
      },
      onCopyStart(target) {
        const name = decode(target.table);
        table = wanted.has(name) ? name : undefined;
        const columns = target.columns ?? [];
        const sorted = sortedColumns(columns);
        order = sorted.some((column, index) => column !== index) ? sorted : [];
      },
      onCopyRows(some) {
        if (table === undefined) return;
        let at = 0;
        for (let end = some.indexOf(10); end !== -1; end = some.indexOf(10, at)) {
          const { digest, start } = row.end(some.subarray(at, end), order);
          tell(table, digest, start);
          at = end + 1;
        }
        if (at < some.length) row.add(some.subarray(at), order);
      },
    },
    end: endLargeObject,
  };

  function tell(table: string, digest: Buffer, start: Buffer): void {
    const number = (numbers.get(table) ?? 0) + 1;
    numbers.set(table, number);
    onRow({ table, digest, number, start: start.subarray(0, startBytes) });
  }

  /** A row is one large object with all its contents; that it is there at all is one of its own. */
  function readLargeObject(text: Buffer): void {
    const call = /^SELECT pg_catalog\.(lo\w*)/.exec(text.toString('latin1', 0, 60))?.[1];
    if (call === 'lo_create') tell(largeObjects, hash('sha256', text, 'buffer'), text);
    if (call === 'lo_open') {
      endLargeObject();
      largeObject = { digest: createHash('sha256'), start: Buffer.from(text.subarray(0, startBytes)) };
    }
    if (call !== 'lo_create') largeObject?.digest.update(text);
  }

  function endLargeObject(): void {
    if (largeObject) tell(largeObjects, largeObject.digest.digest(), largeObject.start);
    largeObject = undefined;
  }
}

const startBytes = 200;
