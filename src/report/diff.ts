import type { RunContext } from '../contract/run-context.ts';
import { isSame } from '../operations/comparison/compare-dumps.ts';
import { differencesInWords } from '../operations/comparison/differences.ts';
import type { DiffResult } from '../operations/diff.ts';
import { escapeText } from './escape.ts';
import { table } from './table.ts';
import { pathInWords } from './words.ts';

/** What differs, as a person reads it: a summary, then each object and each table. */
export function describeDiff(result: DiffResult, { cwd }: Pick<RunContext, 'cwd'>): string {
  const { a, b, difference, tables } = result;
  const heading = [`A  ${pathInWords(a, cwd)}`, `B  ${pathInWords(b, cwd)}`];
  if (isSame(difference)) return lines([...heading, 'no difference']);
  const { onlyInA, onlyInB, changed, rows, access } = difference;
  const grants = access.onlyInA.length + access.onlyInB.length;
  const summary = `objects: ${onlyInB.length} added, ${onlyInA.length} removed, ${changed.length} changed; tables with other rows: ${rows.length}; owners and grants: ${grants}`;
  const objects = differencesInWords(difference, ['A', 'B']).map(({ object, what }) => `${object}: ${what}`);
  const counts = tables
    .filter(({ same }) => !same)
    .map(({ name, rowsInA, rowsInB }) => [name, String(rowsInA), String(rowsInB)]);
  const rowCounts = counts.length === 0 ? '' : `\n${table(['TABLE', 'ROWS IN A', 'ROWS IN B'], counts)}`;
  return `${lines([...heading, summary, '', ...objects])}${rowCounts}`;
}

function lines(texts: readonly string[]): string {
  return texts.map(text => `${escapeText(text)}\n`).join('');
}

/** The same for scripts. */
export function diffDocument({ a, b, difference, tables }: DiffResult) {
  const { onlyInA, onlyInB, changed, access } = difference;
  return {
    a,
    b,
    same: isSame(difference),
    objects: { added: onlyInB, removed: onlyInA, changed },
    tables,
    access: { added: access.onlyInB, removed: access.onlyInA },
  };
}
