import { basename } from 'node:path';
import type { PruneTargetsResult } from '../operations/prune-targets.ts';
import { table } from './table.ts';

/** Each kept and each removed file, with the reason. */
export function describePruning(
  { kept, removed, failed, dropped }: PruneTargetsResult,
  dryRun: boolean,
): string {
  const gone = dryRun ? 'would remove' : 'removed';
  const rows = [
    ...kept.map(({ path, reasons }) => [basename(path), 'kept', reasons.join(', ')]),
    ...removed.map(({ path }) => [basename(path), gone, 'no rule keeps it']),
    ...failed.map(({ path, error }) => [basename(path), 'FAILED', error]),
    ...dropped.map(name => [name, dryRun ? 'would drop' : 'dropped', 'was kept for undo']),
  ];
  return rows.length === 0 ? '' : table(['FILE', 'WHAT', 'REASONS'], rows);
}
