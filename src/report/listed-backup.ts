import type { Backup } from '../catalog/catalog.ts';

/** One backup of the list, as scripts are told. */
export function listedBackup({ id, path, target, manifest, bytes, startedAt }: Backup) {
  return {
    id,
    path,
    target: target ?? null,
    database: manifest?.database.name ?? null,
    bytes,
    startedAt: startedAt.toISOString(),
    label: manifest?.label ?? null,
    origin: manifest?.origin ?? null,
    partial: (manifest?.leftOut.length ?? 0) > 0,
    proof: manifest?.proof ?? null,
  };
}
