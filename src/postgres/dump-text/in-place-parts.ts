import type { DumpStatement } from './dump-reader.ts';
import { namePattern, unquote } from './names.ts';
import type { ByteRange } from './strip-ranges.ts';

/** What a load into a database that is not empty, in one transaction, has to know of a dump. */
export interface InPlaceFacts {
  /** BEGIN and COMMIT, which the dump puts around large objects. */
  readonly transactions: readonly ByteRange[];
  /** What would fail where a schema or an extension of that name stays. */
  readonly ofKept: readonly (ByteRange & { kind: 'schema' | 'extension'; name: string })[];
  /** How many statements make something, which each holds locks to the end. */
  readonly makes: number;
}

export function createInPlaceParts(): { statement(statement: DumpStatement): void; facts: InPlaceFacts } {
  const facts = {
    transactions: [] as ByteRange[],
    ofKept: [] as (ByteRange & { kind: 'schema' | 'extension'; name: string })[],
    makes: 0,
  };
  return {
    facts,
    statement({ keyword, text, offset, end }) {
      const range = { start: offset, end };
      if (keyword === 'BEGIN' || keyword === 'COMMIT') facts.transactions.push(range);
      if (keyword !== 'CREATE' && keyword !== 'ALTER' && keyword !== 'COMMENT') return;
      const head = text.toString('latin1', 0, 300);
      if (keyword === 'CREATE' || / ADD CONSTRAINT /.test(head)) facts.makes += 1;
      const [, schema, extension] = ofKept.exec(head) ?? [];
      const kind = schema ? 'schema' : 'extension';
      if (schema ?? extension) facts.ofKept.push({ ...range, kind, name: unquote((schema ?? extension)!) });
    },
  };
}

const ofKept = new RegExp(`^(?:CREATE SCHEMA (${namePattern});|COMMENT ON EXTENSION (${namePattern}) IS )`);
