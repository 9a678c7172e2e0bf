import { identifier } from '../quote.ts';
import type { ByteRange } from './strip-ranges.ts';
import { nameKey } from './table-names.ts';
import type { TablePart } from './table-parts.ts';

/** What of some tables is brought into another schema, beside the live ones, and what is not. */
export interface BesideParts {
  readonly brought: readonly TablePart[];
  /** What would hang on other objects, or would act. */
  readonly leftOut: readonly TablePart[];
}

export function besideParts(selected: readonly TablePart[]): BesideParts {
  const foreignKeys = new Set(
    selected.flatMap(part => (part.kind === 'foreign key' ? [constraintKey(part)] : [])),
  );
  const isBrought = (part: TablePart) =>
    part.kind === 'session'
      ? !leftOutSettings.has(part.object!.name)
      : brought.has(part.kind) &&
        !(part.kind === 'constraint comment' && foreignKeys.has(constraintKey(part)));
  return {
    brought: selected.filter(isBrought),
    leftOut: selected.filter(part => !isBrought(part) && part.kind !== 'session'),
  };
}

/** The changes to the text that put the parts into the schema. Any other mention of a table stays as it is. */
export function besideEdits(parts: readonly TablePart[], schema: string): ByteRange[] {
  return parts.flatMap(({ kind, places, start, definition }) => {
    // The index that is made has no schema: it is where its table is.
    const named = places.filter(({ of }) => of === 'table' || (of === 'object' && withSchema.has(kind)));
    const renamed = named.map(place => ({
      start: place.start,
      end: place.end,
      instead: Buffer.concat([Buffer.from(`${identifier(schema)}.`), Buffer.from(place.name, 'latin1')]),
    }));
    const { partitionBy, sequenceDefaults = [] } = definition ?? {};
    const dropped = [...sequenceDefaults, ...(partitionBy ? [partitionBy] : [])];
    return [...renamed, ...dropped.map(range => ({ start: start + range.start, end: start + range.end }))];
  });
}

/** How many of which kind were left out, for people. */
export function describeLeftOut(kinds: readonly TablePart['kind'][]): string[] {
  const counts = new Map<string, number>();
  for (const kind of kinds) {
    const word = leftOutWords[kind];
    if (word) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].map(([word, count]) => `${word} (${count})`);
}

const brought: ReadonlySet<string> = new Set<TablePart['kind']>([
  'table',
  'rows',
  'column',
  'default',
  'check',
  'key',
  'index',
  'index setting',
  'table comment',
  'constraint comment',
  'index comment',
]);

const withSchema: ReadonlySet<string> = new Set<TablePart['kind']>(['index setting', 'index comment']);

/** A tablespace may be missing here. */
const leftOutSettings: ReadonlySet<string> = new Set(['default_tablespace']);

const leftOutWords: Partial<Record<TablePart['kind'], string>> = {
  'foreign key': 'foreign keys',
  trigger: 'triggers',
  rule: 'rules',
  policy: 'policies',
  'sequence default': 'defaults that use sequences',
  identity: 'identity columns',
  'attached partition': 'attached partitions',
  statistics: 'statistics',
};

function constraintKey({ table, constraint }: TablePart): string {
  return `${nameKey(table!)}\0${constraint}`;
}
