import type { RunContext } from '../contract/run-context.ts';
import type { TablesPlan } from '../operations/plan-tables.ts';
import { nameKey, type QualifiedName, writtenName } from '../postgres/dump-text/table-names.ts';
import { identifier } from '../postgres/quote.ts';
import { escapeText } from './escape.ts';
import { ageInWords, dateInWords, pathInWords } from './words.ts';

/** What a restore of single tables will do, as a person reads it. */
export function describeTablesPlan(plan: TablesPlan, { now, cwd }: Pick<RunContext, 'now' | 'cwd'>): string {
  const { file, tables } = plan;
  const age = file.startedAt
    ? `, made ${dateInWords(file.startedAt)} (${ageInWords(file.startedAt, now())})`
    : '';
  const lines = [
    `target    ${plan.target}: ${plan.server}`,
    `database  ${plan.database}`,
    `backup    ${pathInWords(file.path, cwd)}${age}`,
    ...tables.map(
      table => `table     ${writtenName(table)}: ${rowsOf(plan, table)} rows ${whereTo(plan, table)}`,
    ),
    ...plan.notes,
  ];
  return lines.map(escapeText).join('\n');
}

/** How to be rid of what was brought beside the live tables. */
export function howToRemove({ schema }: { schema: string | null }): string {
  return `When you are done with it: DROP SCHEMA ${identifier(schema!)} CASCADE`;
}

function rowsOf({ found }: TablesPlan, table: QualifiedName): number {
  const parts = found.parts.filter(part => part.kind === 'rows' && nameKey(part.table!) === nameKey(table));
  return parts.reduce((sum, { rows }) => sum + rows, 0);
}

function whereTo({ schema }: TablesPlan, { name }: QualifiedName): string {
  return `will be brought beside it, as ${writtenName({ schema: schema!, name })}`;
}
