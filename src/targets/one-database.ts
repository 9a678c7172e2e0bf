import { prefixFromDatabase } from '../catalog/file-name.ts';
import type { Target } from '../config/config.ts';

/** One database of a target that has several, as a target of its own: the files are those of the whole target. */
export function oneDatabase(target: Target, database: string): Target {
  const own = prefixFromDatabase(database);
  const prefix = target.prefix === undefined ? own : `${target.prefix}-${own}`;
  return { ...target, databases: undefined, database, prefix };
}
