import type { Backup } from './catalog.ts';

/**
 * Backups that stand in for one another, and so are counted together: of one database, and complete or not. A partial one
 * never pushes a complete one out, nor one database's backup another's. Those without a manifest are of the only
 * database whose other backups have the same prefix.
 */
export function retentionGroups<One extends Pick<Backup, 'prefix' | 'manifest'>>(
  backups: readonly One[],
): One[][] {
  const databasesOf = new Map<string, Set<string>>();
  for (const { prefix, manifest } of backups)
    if (manifest) databasesOf.set(prefix, (databasesOf.get(prefix) ?? new Set()).add(manifest.database.name));
  const databaseOf = (prefix: string) => {
    const [only, ...others] = databasesOf.get(prefix) ?? [];
    return others.length === 0 ? only : undefined;
  };
  const groups = Map.groupBy(backups, ({ prefix, manifest }) =>
    JSON.stringify([
      manifest?.database.name ?? databaseOf(prefix) ?? { prefix },
      (manifest?.leftOut.length ?? 0) > 0,
    ]),
  );
  return [...groups.values()];
}
