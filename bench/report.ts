import { table as aligned } from '../src/report/table.ts';
import type { Growth } from './growth.ts';
import type { Judged, Spread } from './judge.ts';
import type { Proved } from './prove.ts';
import type { Taken } from './rounds.ts';
import type { Row } from './rows.ts';
import { median } from './statistics.ts';
import { works } from './works.ts';

/** The goals, each with what was found. */
export function goalTable(judged: readonly Judged[]): string {
  return table(
    ['', 'OURS', 'REFERENCE', 'RATIO', 'GOAL', ''],
    judged.map(({ name, of, ours, reference, ratio, goal, met }) => [
      name,
      ours ? spreadText(ours, of) : 'failed',
      reference ? spreadText(reference, of) : '',
      ratio === undefined ? '' : ratio.toFixed(2),
      `≤ ${ratio === undefined && (!ours || !reference) ? limitText(goal, of) : goal}`,
      met ? 'met' : 'MISSED',
    ]),
  );
}

/** What each program took. */
export function workTable(taken: readonly Taken[]): string {
  const header = ['', 'RUNS', 'WALL s', 'FROM–TO', 'CPU s', 'MACHINE s', 'FILE MB', 'PEAK MB'];
  const lines = taken.map(({ work, runs, peak, failed }) => {
    if (runs.length === 0) return [works[work].does, failed ? 'failed' : '0', '', '', '', '', '', ''];
    const wall = runs.map(run => run.wall);
    const bytes = runs.flatMap(run => run.bytes ?? []);
    return [
      works[work].does,
      `${runs.length}${failed ? ', then failed' : ''}`,
      seconds(median(wall)),
      `${seconds(Math.min(...wall))}–${seconds(Math.max(...wall))}`,
      seconds(median(runs.map(run => run.cpu))),
      seconds(median(runs.map(run => run.machine))),
      bytes.length > 0 ? megabytes(median(bytes)) : '',
      peak === undefined ? '' : megabytes(peak),
    ];
  });
  return table(header, lines);
}

export function growthTable(sizes: readonly number[], grown: readonly Growth[]): string {
  return table(
    ['PEAK MB', ...sizes.map(size => `${size} MB`), 'RATIO', 'GOAL', ''],
    grown.map(({ work, peaks, ratio, met }) => [
      works[work].does,
      ...peaks.map(peak => (peak === undefined ? 'failed' : megabytes(peak))),
      ratio?.toFixed(2) ?? '',
      '≤ 200 MB, ≤ 1.1',
      met ? 'met' : 'MISSED',
    ]),
  );
}

export function proofText(proved: readonly Proved[]): string {
  const good = proved.filter(({ proven }) => proven).length;
  const bad = proved.filter(({ proven }) => !proven);
  return [
    `${good} of ${proved.length} timed backups proven`,
    ...bad.map(({ backup, problem }) => `NOT PROVEN: ${backup}${problem ? `: ${problem}` : ''}`),
  ].join('\n');
}

function spreadText({ median, least, most }: Spread, of: Row['of']): string {
  const text = of === 'wall' ? seconds : megabytes;
  const unit = of === 'wall' ? 's' : 'MB';
  return least === most
    ? `${text(median)} ${unit}`
    : `${text(median)} ${unit} (${text(least)}–${text(most)})`;
}

function limitText(goal: number, of: Row['of']): string {
  return of === 'wall' ? `${goal} s` : `${goal / 1e6} MB`;
}

function seconds(value: number): string {
  return value.toFixed(value < 10 ? 3 : 1);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 10e6 ? 2 : bytes < 100e6 ? 1 : 0);
}

function table(header: readonly string[], lines: readonly string[][]): string {
  return aligned(header, lines).trimEnd();
}
