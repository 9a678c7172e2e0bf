import type { ByteRange } from './strip-ranges.ts';
import { besideEdits } from './table-beside.ts';
import { nameKey, type QualifiedName, writtenName } from './table-names.ts';
import type { TablePart, TableParts } from './table-parts.ts';
import { selectTableParts } from './table-selection.ts';

/** What of a dump replaces the rows of live tables, and what makes those that are missing. */
export interface InPlaceTables {
  /** Tables whose rows are replaced; their definition in the file is made as a temporary table. */
  readonly replaced: readonly QualifiedName[];
  /** Tables that are made with all that the dump says of them. */
  readonly missing: readonly QualifiedName[];
  /** Whether the database has a sequence, whose value is then set. */
  readonly hasSequence: (sequence: QualifiedName) => boolean;
}

export function inPlaceParts(
  found: TableParts,
  { replaced, missing, hasSequence }: InPlaceTables,
): TablePart[] {
  const ofMissing = new Set(selectTableParts(found, missing).map(({ start }) => start));
  const ofReplaced = new Set(replaced.map(nameKey));
  return selectTableParts(found, [...replaced, ...missing]).filter(part => {
    if (part.kind === 'session') return part.object!.name !== 'default_tablespace';
    if (ofMissing.has(part.start)) return true;
    if (part.kind === 'sequence value') return hasSequence(part.object!);
    return (part.kind === 'table' || part.kind === 'rows') && ofReplaced.has(nameKey(part.table!));
  });
}

/** `compare` gives SQL that is executed when the temporary table is there. */
export function inPlaceEdits(
  parts: readonly TablePart[],
  replaced: readonly QualifiedName[],
  compare: (table: QualifiedName) => string,
): ByteRange[] {
  const isReplaced = new Set(replaced.map(nameKey));
  const madeHere = new Set(
    parts.flatMap(({ kind, object }) =>
      kind === 'sequence' || kind === 'identity' ? [nameKey(object!)] : [],
    ),
  );
  return parts.flatMap(part => {
    const { kind, start, end, table, object, places } = part;
    if (kind === 'table' && isReplaced.has(nameKey(table!))) {
      // "CREATE UNLOGGED TABLE": no temporary table is.
      const words = {
        start: start + 'CREATE '.length,
        end: places[0]!.start,
        instead: Buffer.from('TABLE '),
      };
      const check = { start: end - 1, end, instead: Buffer.from(`\n${compare(table!)}`) };
      const [renamed] = besideEdits([{ ...part, definition: undefined }], 'pg_temp');
      return [words, renamed!, check];
    }
    if (kind === 'sequence value' && !madeHere.has(nameKey(object!))) {
      // setval alone is not undone by a rollback; of a sequence that the transaction has begun anew it is.
      const begin = Buffer.from(`ALTER SEQUENCE ${writtenName(object!)} RESTART;\nSELECT `);
      return [{ start, end: start + 'SELECT '.length, instead: begin }];
    }
    return [];
  });
}
