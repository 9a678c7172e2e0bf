import { badDump, excerpt } from './bad-dump.ts';
import type { DumpStatement } from './dump-reader.ts';
import { decode, qualifiedNamePattern } from './names.ts';

/** The table that an INSERT is into. Remembers the last one: matching each of millions of INSERTs anew takes long. */
export interface InsertTarget {
  /** As written, decoded. Throws `bad-file` for an INSERT of another form than pg_dump's. */
  readonly table: string;
  /** Whether a list of columns is in parentheses before the rows. */
  readonly hasColumnList: boolean;
}

export function createInsertTarget(): (statement: DumpStatement) => InsertTarget {
  let head: Buffer = Buffer.alloc(0);
  let target: InsertTarget = { table: '', hasColumnList: false };
  return ({ text, line }) => {
    if (head.length > 0 && startsWith(text, head)) return target;
    const match = insertInto.exec(text.toString('latin1', 0, 1024));
    if (!match) throw badDump(`an INSERT of another form than pg_dump's at line ${line}: ${excerpt(text)}`);
    head = Buffer.from(match[0], 'latin1');
    target = { table: decode(match[1]!), hasColumnList: match[2] === '(' };
    return target;
  };
}

const insertInto = new RegExp(`^INSERT INTO (${qualifiedNamePattern}) (\\(|[A-Z])`);

function startsWith(text: Buffer, start: Buffer): boolean {
  for (let at = 0; at < start.length; at += 1) if (text[at] !== start[at]) return false;
  return true;
}
