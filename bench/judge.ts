import type { Taken } from './rounds.ts';
import type { Row } from './rows.ts';
import { median } from './statistics.ts';
import type { WorkName } from './works.ts';

/** A row with its numbers. Without `ours` something failed. */
export interface Judged {
  readonly name: string;
  readonly of: Row['of'];
  readonly ours?: Spread;
  readonly reference?: Spread;
  /** Of the medians. */
  readonly ratio?: number;
  readonly goal: number;
  readonly met: boolean;
}

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export function judge(row: Row, taken: readonly Taken[], { withoutIgzip = false } = {}): Judged {
  const { name, of, against } = row;
  const goal = (withoutIgzip ? row.goalWithoutIgzip : undefined) ?? row.goal;
  const ours = spread(row, row.ours, taken);
  const references = against?.map(work => spread(row, work, taken));
  const failed = { name, of, goal, met: false };
  if (ours === undefined) return failed;
  if (!references) return { name, of, ours, goal, met: ours.median <= goal };
  if (!references.every(one => one !== undefined)) return { ...failed, ours };
  const reference = references.reduce((a, b) => ({
    median: a.median + b.median,
    least: a.least + b.least,
    most: a.most + b.most,
  }));
  const ratio = ours.median / reference.median;
  return { name, of, ours, reference, ratio, goal, met: ratio <= goal };
}

function spread({ of }: Row, work: WorkName, taken: readonly Taken[]): Spread | undefined {
  const { runs = [], peak } = taken.find(one => one.work === work) ?? {};
  const values = of === 'peak' ? (peak === undefined ? [] : [peak]) : runs.flatMap(run => run[of] ?? []);
  if (values.length === 0) return undefined;
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}
