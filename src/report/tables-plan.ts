import type { RunContext } from '../contract/run-context.ts';
import type { TablesResult } from '../operations/restore-tables.ts';
import type { TablesPlan } from '../operations/tables/plan-tables.ts';
import { shellWord } from '../postgres/dump-text/plain-dump.ts';
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
    ...(plan.missing.length < tables.length && plan.mode === 'in-place' ? [wayBack(plan)] : []),
  ];
  return lines.map(escapeText).join('\n');
}

/** What to type next: how to be rid of what was brought beside, or how to get back what was replaced. */
export function whatNext({ schema, undo, target, tables }: TablesResult): string | undefined {
  if (schema !== null) return `When you are done with it: DROP SCHEMA ${identifier(schema)} CASCADE`;
  if (undo === null) return undefined;
  const named = tables.map(table => `--table ${shellWord(table)}`).join(' ');
  return `To put the replaced rows back, run: db-orchestrate restore ${shellWord(undo)} --target ${target} ${named} --mode in-place`;
}

function rowsOf({ found }: TablesPlan, table: QualifiedName): number {
  const parts = found.parts.filter(part => part.kind === 'rows' && nameKey(part.table!) === nameKey(table));
  return parts.reduce((sum, { rows }) => sum + rows, 0);
}

function whereTo({ schema, missing }: TablesPlan, table: QualifiedName): string {
  if (schema !== null) return `will be brought beside it, as ${writtenName({ schema, name: table.name })}`;
  return missing.includes(table)
    ? 'will be brought with the table, which does not exist any more'
    : 'will replace those of the live table';
}

function wayBack({ safetyBackup, file }: TablesPlan): string {
  const since = file.startedAt ? 'What was written since then' : 'What they hold now';
  const way = safetyBackup
    ? 'The database is backed up first.'
    : 'There will be no way back: without a safety backup nothing is kept.';
  return `${since} will be gone from the live tables. ${way}`;
}
