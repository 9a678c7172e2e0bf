import { createHash, type Hash, hash } from 'node:crypto';

/** The digest of one row of COPY, which may come in pieces and be longer than memory. */
export interface RowDigest {
  /** The row goes on after this piece. `order`: where its columns stand when they are sorted; empty when they do already. */
  add(piece: Buffer, order: readonly number[]): void;
  end(piece: Buffer, order: readonly number[]): Row;
}

interface Row {
  /** 32 bytes. */
  readonly digest: Buffer;
  /** Its first bytes, as they stand in the text. */
  readonly start: Buffer;
}

export function createRowDigest(): RowDigest {
  /** Only a row that has to be put in another order is held whole. */
  let pieces: Buffer[] = [];
  let long: Hash | undefined;

  return {
    add(piece, order) {
      if (order.length > 0 || pieces.length === 0) pieces.push(Buffer.from(piece));
      if (order.length > 0) return;
      long ??= createHash('sha256');
      long.update(piece);
    },
    end(piece, order) {
      const row = pieces.length === 0 ? piece : Buffer.concat([...pieces, piece]);
      const digest = long?.update(piece).digest() ?? hash('sha256', inOrder(row, order), 'buffer');
      pieces = [];
      long = undefined;
      return { digest, start: row };
    },
  };
}

/** COPY writes a tab inside a value as an escape. */
function inOrder(row: Buffer, order: readonly number[]): Buffer | string {
  if (order.length === 0) return row;
  const fields = row.toString('latin1').split('\t');
  return Buffer.from(order.map(column => fields[column]).join('\t'), 'latin1');
}
