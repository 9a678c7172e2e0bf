import { type CommutingStatement, commutingStatement, isOfColumns, isRemark } from './commuting-statement.ts';
import type { DumpHandler, DumpStatement } from './dump-reader.ts';
import { createSettingsTracker, type SessionSettings } from './session-settings.ts';
import type { ByteRange } from './strip-ranges.ts';
import { createTableFamilies } from './table-families.ts';

/** What a load by several sessions has to know of a dump; offsets are of the text with LF line ends. */
export interface LoadLayout {
  readonly copies: readonly CopyBlock[];
  /** Stretches with nothing but COPY and comments in them. */
  readonly stretches: readonly ByteRange[];
  /** After the last row, in order; what stands between them has its place there and is no part of any. */
  readonly runs: readonly StatementRun[];
}

export interface CopyBlock extends ByteRange {
  /** As written (latin1). */
  readonly table: string;
  readonly settings: SessionSettings;
}

/** Statements that follow one another and commute. */
export interface StatementRun extends ByteRange {
  readonly statements: readonly RunStatement[];
  /** Comments on what they make, which can follow them all. */
  readonly remarks: readonly ByteRange[];
  /** In force before it, and after it. */
  readonly before: SessionSettings;
  readonly after: SessionSettings;
}

export interface RunStatement extends ByteRange {
  readonly kind: CommutingStatement['kind'];
  readonly words: string;
  /** As written (latin1). */
  readonly table: string;
  /** Families of the tables that it locks: while a foreign key or a key is added none of them may be locked by another. */
  readonly locks: readonly string[];
  readonly settings: SessionSettings;
  /** Its text, where it can be executed as soon as its table has its rows. */
  readonly early: Buffer | undefined;
}

type Draft = { -readonly [Key in keyof StatementRun]: StatementRun[Key] } & {
  statements: RunStatement[];
  remarks: ByteRange[];
};

export function createLoadLayout(): {
  readonly handler: DumpHandler;
  /** Undefined when it is not known what is set where. */
  end(): LoadLayout | undefined;
} {
  const settings = createSettingsTracker();
  const families = createTableFamilies();
  const copies: CopyBlock[] = [];
  const stretches: { start: number; end: number }[] = [];
  let runs: Draft[] = [];
  let open: Draft | undefined;
  let lastEnd = 0;
  let copyStart = 0;
  let table = '';
  let inStretch = false;

  return {
    handler: {
      onStatement(statement) {
        const { keyword, offset, end } = statement;
        if (keyword === 'COPY') {
          copyStart = offset;
          if (!inStretch) stretches.push({ start: lastEnd, end: offset });
          inStretch = true;
        } else if (inStretch) {
          stretches.at(-1)!.end = offset;
          inStretch = false;
        }
        if (keyword === 'COPY' || keyword === 'INSERT') {
          runs = [];
          open = undefined;
        } else if (settings.statement(statement)) {
          if (open) open.after = settings.current;
        } else arrange(statement);
        lastEnd = end;
      },
      onCopyStart(target) {
        table = target.table;
      },
      onCopyEnd({ end }) {
        copies.push({ start: copyStart, end, table, settings: settings.current });
        lastEnd = end;
      },
    },
    end() {
      if (inStretch) stretches.at(-1)!.end = lastEnd;
      return settings.known ? { copies, stretches, runs } : undefined;
    },
  };

  function arrange(statement: DumpStatement): void {
    families.statement(statement);
    const { offset: start, end } = statement;
    const commuting = commutingStatement(statement);
    if (open && isRemark(statement)) open.remarks.push({ start, end });
    else if (!commuting) open = undefined;
    else {
      const { kind, words, tables } = commuting;
      if (!open || isForeign(open.statements[0]!.kind) !== isForeign(kind)) {
        open = { start, end, statements: [], remarks: [], before: settings.current, after: settings.current };
        runs.push(open);
      }
      const locks = [...new Set(tables.map(table => (isForeign(kind) ? families.of(table) : table)))];
      const [table = ''] = tables;
      const early = !isForeign(kind) && isOfColumns(statement.text) ? Buffer.from(statement.text) : undefined;
      open.statements.push({ start, end, kind, words, table, locks, settings: settings.current, early });
    }
    if (open) open.end = end;
  }
}

function isForeign(kind: CommutingStatement['kind']): boolean {
  return kind === 'foreign key';
}
