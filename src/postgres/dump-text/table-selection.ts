import { nameKey, type QualifiedName } from './table-names.ts';
import type { TablePart, TableParts } from './table-parts.ts';

/**
 * What a dump says of some of its tables, in its order: their own sequences, indexes and statistics too, and the settings
 * that the statements need. Owners are left out, and what ties a table to one that is not among them.
 */
export function selectTableParts(
  { parts }: Pick<TableParts, 'parts'>,
  tables: readonly QualifiedName[],
): TablePart[] {
  const chosen = new Set(tables.map(nameKey));
  const isChosen = (name: QualifiedName | undefined) => name !== undefined && chosen.has(nameKey(name));
  const owned = ownedObjects(parts, isChosen);
  const isOwned = (name: QualifiedName | undefined) => name !== undefined && owned.has(nameKey(name));

  const selected: TablePart[] = [];
  /** By name: only the last one counts, and only if something follows. */
  let settings = new Map<string, TablePart>();
  for (const part of parts) {
    if (part.kind === 'session') {
      settings.delete(part.object!.name);
      settings.set(part.object!.name, part);
    } else if (isWanted(part)) {
      selected.push(...settings.values(), part);
      settings = new Map();
    }
  }
  return selected;

  function isWanted({ kind, table, object, partition }: TablePart): boolean {
    if (kind === 'owner' || kind === 'sequence owner') return false;
    if (kind === 'attached partition') return isChosen(table) && isChosen(partition);
    if (kind === 'attached index') return isOwned(object) && isOwned(partition);
    if (kind === 'planner statistics') return isChosen(object) || isOwned(object);
    return isChosen(table) || (table === undefined && isOwned(object));
  }
}

/** Keys of the sequences, indexes and statistics of the chosen tables. */
function ownedObjects(
  parts: readonly TablePart[],
  isChosen: (name: QualifiedName | undefined) => boolean,
): Set<string> {
  return new Set(parts.flatMap(({ table, object }) => (object && isChosen(table) ? [nameKey(object)] : [])));
}
