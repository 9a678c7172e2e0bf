import type { Backup } from './catalog.ts';

/**
 * Backups that stand in for one another, and so are counted together: of one database, and complete or not. A partial one
 * never pushes a complete one out, nor one database's backup another's. Those without a manifest are of the database whose
 * other backups have the same prefix.
 */
export function retentionGroups<One extends Pick<Backup, 'prefix' | 'manifest'>>(
  backups: readonly One[],
): One[][] {
  const databaseOf = new Map(
    backups.flatMap(({ prefix, manifest }) => (manifest ? [[prefix, manifest.database.name] as const] : [])),
  );
  const groups = Map.groupBy(backups, ({ prefix, manifest }) =>
    JSON.stringify([
      manifest?.database.name ?? databaseOf.get(prefix) ?? { prefix },
      (manifest?.leftOut.length ?? 0) > 0,
    ]),
  );
  return [...groups.values()];
}
