import type { Session } from '../../contract/adapter.ts';
import { OrchestrateError } from '../../errors.ts';
import { inPlaceEdits, inPlaceParts } from '../../postgres/dump-text/table-in-place.ts';
import { nameKey, type QualifiedName, writtenName } from '../../postgres/dump-text/table-names.ts';
import type { TableParts } from '../../postgres/dump-text/table-parts.ts';
import { selectTableParts } from '../../postgres/dump-text/table-selection.ts';
import { type ForeignKey, foreignKeysOf, liveSequences, liveTable } from '../../postgres/live-tables.ts';
import { afterRows, beforeRows, compareColumns, type Replaced } from '../../postgres/replace-rows.ts';
import { type ChosenTables, hasRows, isUnknown, refuseOtherLetters, type TablesPlan } from './plan-tables.ts';

/**
 * Tables that are there get the file's rows in the place of theirs; those that are missing are made as the file says.
 * Rejects with `usage` for what is no plain table.
 */
export async function planInPlace(
  session: Session,
  chosen: ChosenTables,
  safetyBackup: boolean,
): Promise<TablesPlan> {
  const { tables, found, file } = chosen;
  refuseOtherLetters(
    tables.flatMap(({ schema, name }) => [schema, name]),
    file,
  );
  const replaced: Replaced[] = [];
  const missing: QualifiedName[] = [];
  for (const table of tables) {
    const live = await liveTable(session, table);
    refuseOtherKinds(table, live?.kind, found);
    if (live) refuseWithoutRows(table, found);
    if (live) replaced.push({ table, live });
    else missing.push(table);
  }
  const names = replaced.map(({ table }) => table);
  const foreignKeys = await foreignKeysOf(session, names);
  const sequences = await ownSequences(session, names, found);
  const parts = inPlaceParts(found, { replaced: names, missing, hasSequence: sequences.has });
  return {
    ...chosen,
    mode: 'in-place',
    schema: null,
    safetyBackup: safetyBackup && replaced.length > 0,
    missing,
    notes: [...describeReplaced(replaced), ...describeForeignKeys(foreignKeys), ...sequences.notes],
    load: {
      before: beforeRows(replaced, foreignKeys),
      parts: parts.filter(part => !isUnknown(part, chosen)),
      edits: inPlaceEdits(parts, names, compareColumns),
      after: afterRows(replaced, foreignKeys),
    },
  };
}

function refuseOtherKinds(table: QualifiedName, liveKind: string | undefined, { parts }: TableParts): void {
  const { definition } = parts.find(
    part => part.kind === 'table' && nameKey(part.table!) === nameKey(table),
  )!;
  const name = writtenName(table);
  if (definition!.partitionBy || liveKind === 'p')
    throw new OrchestrateError('usage', `${name} is partitioned: its rows are in its partitions`, {
      hint: 'Name the partitions instead, or leave --mode out.',
    });
  if (definition!.foreign || (liveKind !== undefined && liveKind !== 'r'))
    throw new OrchestrateError('usage', `${name} is no plain table in the file and in the database`);
}

/** Its rows may have been left out, or stand as those of the root that it is a partition of. */
function refuseWithoutRows(table: QualifiedName, found: TableParts): void {
  if (hasRows(table, found)) return;
  throw new OrchestrateError(
    'usage',
    `the file has no rows of ${writtenName(table)}: it would only be emptied`,
    {
      hint: 'If it was empty, and that is what you want, empty it yourself: TRUNCATE.',
    },
  );
}

async function ownSequences(session: Session, tables: readonly QualifiedName[], found: TableParts) {
  const parts = selectTableParts(found, tables).filter(({ kind }) => kind === 'sequence value');
  const sequences = parts.map(({ object }) => object!);
  const there = await liveSequences(session, sequences);
  const known = new Set(sequences.filter((_, index) => there[index]).map(nameKey));
  const gone = sequences.filter(one => !known.has(nameKey(one)));
  return {
    has: (one: QualifiedName) => known.has(nameKey(one)),
    notes: gone.map(one => `sequence ${writtenName(one)} does not exist here and is not set`),
  };
}

function describeReplaced(replaced: readonly Replaced[]): string[] {
  return replaced.flatMap(({ table, live }) => {
    const name = writtenName(table);
    const acting = [...live.triggers, ...live.rules].map(one => one.name);
    return [
      ...listed(`switched off meanwhile, on ${name}`, acting),
      ...listed(`views of ${name}, which will show the other rows`, live.views),
      ...listed(
        `materialized views of ${name}, which keep theirs until they are refreshed`,
        live.materializedViews,
      ),
    ];
  });
}

function describeForeignKeys(foreignKeys: readonly ForeignKey[]): string[] {
  const named = (own: boolean) =>
    foreignKeys
      .filter(key => key.own === own && !key.isCheck)
      .map(({ table, name }) => `${name} of ${table}`);
  return [
    ...listed('foreign keys that are checked anew', named(true)),
    ...listed('foreign keys of other tables, checked anew', named(false)),
  ];
}

function listed(what: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${what}: ${names.join(', ')}`];
}
