import type { DumpStatement } from './dump-reader.ts';
import { decode, namePattern as name, qualifiedNamePattern as table } from './names.ts';

/**
 * A statement behind the rows that can be executed beside others of its kind: indexes and the keys that are indexes
 * beside one another, foreign keys beside those that lock other tables.
 */
export interface CommutingStatement {
  readonly kind: 'index' | 'key' | 'foreign key';
  /** "index by_name on public.users" */
  readonly words: string;
  /** As written (latin1); the one that it is of, and the one that a foreign key refers to. */
  readonly tables: readonly string[];
}

/** Undefined for all others: nothing in the text says what they depend on. */
export function commutingStatement({
  keyword,
  text,
  truncated,
}: Pick<DumpStatement, 'keyword' | 'text' | 'truncated'>): CommutingStatement | undefined {
  if (truncated || (keyword !== 'CREATE' && keyword !== 'ALTER')) return undefined;
  const head = text.toString('latin1', 0, headLimit);
  if (keyword === 'CREATE') {
    const [, index, of] = createIndex.exec(head) ?? [];
    return index && of ? described('index', 'index', index, [of]) : undefined;
  }
  const [, of, constraint, kind] = addKey.exec(head) ?? [];
  if (of && constraint) return described('key', kind!.toLowerCase(), constraint, [of]);
  const [, from, foreign, to] = addForeignKey.exec(head) ?? [];
  return from && foreign && to ? described('foreign key', 'foreign key', foreign, [from, to]) : undefined;
}

/**
 * Whether an index or a key reads nothing but columns of its own table, so that it can be built as soon as that has its
 * rows: expressions and conditions call functions, which may read other tables whatever they claim.
 */
export function isOfColumns(text: Buffer): boolean {
  return indexOfColumns.test(text.toString('latin1'));
}

/** What is said of an index or a constraint says nothing to other statements: it can come after them. */
export function isRemark({ keyword, text, truncated }: DumpStatement): boolean {
  return (
    !truncated &&
    keyword === 'COMMENT' &&
    /^COMMENT ON (?:INDEX|CONSTRAINT) /.test(text.toString('latin1', 0, 30))
  );
}

function described(
  kind: CommutingStatement['kind'],
  word: string,
  object: string,
  tables: readonly string[],
): CommutingStatement {
  return { kind, words: `${word} ${decode(object)} on ${decode(tables[0]!)}`, tables };
}

const headLimit = 16 * 1024;
const createIndex = new RegExp(`^CREATE (?:UNIQUE )?INDEX (${name}) ON (?:ONLY )?(${table}) USING `);
const addKey = new RegExp(
  `^ALTER TABLE (?:ONLY )?(${table})\\s+ADD CONSTRAINT (${name}) (PRIMARY KEY|UNIQUE|EXCLUDE) `,
);
const indexOfColumns = new RegExp(
  `(?: USING \\w+|\\sADD CONSTRAINT ${name} (?:PRIMARY KEY|UNIQUE)(?: NULLS NOT DISTINCT)?) \\([^()]*\\)` +
    String.raw`(?: INCLUDE \([^()]*\))?(?: NULLS NOT DISTINCT)?(?: WITH \([^()]*\))?(?: DEFERRABLE(?: INITIALLY DEFERRED)?)?;$`,
);
const columns = `(?:PERIOD )?${name}(?:, (?:PERIOD )?${name})*`;
// Without ONLY it is of a partitioned table, and locks its partitions too. Names without a schema, as pg_dump wrote them
// before 2018, do not tell which table they lock.
const addForeignKey = new RegExp(
  `^ALTER TABLE ONLY (${name}\\.${name})\\s+ADD CONSTRAINT (${name}) FOREIGN KEY \\(${columns}\\) REFERENCES (${name}\\.${name})\\(`,
);
