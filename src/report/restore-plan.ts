import { leftOutInWords } from '../catalog/left-out.ts';
import type { RunContext } from '../contract/run-context.ts';
import type { RestorePlan } from '../operations/replacement/plan-restore.ts';
import type { UndoPlan } from '../operations/undo.ts';
import { escapeText } from './escape.ts';
import { ageInWords, dateInWords, pathInWords, sizeInWords } from './words.ts';

/** What a restore will replace, as a person reads it before saying yes. */
export function describePlan(plan: RestorePlan, { now, cwd }: Pick<RunContext, 'now' | 'cwd'>): string {
  const { file, live } = plan;
  const age = file.startedAt
    ? `, made ${dateInWords(file.startedAt)} (${ageInWords(file.startedAt, now())})`
    : '';
  const label = file.manifest?.label ? `, labelled ${JSON.stringify(file.manifest.label)}` : '';
  const { name } = file.manifest?.database ?? { name: plan.database };
  const other = name === plan.database ? '' : `, of database ${name}`;
  const rows = file.facts.tables.reduce((sum, table) => sum + table.rows, 0);
  const inPlace = plan.mode === 'in-place' ? ' in place, in one transaction' : '';
  const lines = [
    `target    ${plan.target}: ${plan.server}`,
    `database  ${plan.database} ${live ? `(${sizeInWords(live.bytes)}) will be replaced${inPlace}` : 'will be created'}`,
    `backup    ${pathInWords(file.path, cwd)}: ${sizeInWords(file.facts.bytes)} of SQL, ${file.facts.tables.length} tables, ${rows} rows${other}${age}${label}`,
  ];
  const leftOut = file.manifest?.leftOut ?? [];
  if (leftOut.length > 0) lines.push(`The backup is partial: ${leftOutInWords(leftOut)}.`);
  if (plan.holdsSomething) {
    const since = file.startedAt ? 'What was written since then' : 'What it holds now';
    lines.push(`${since} will be gone from the live database. ${wayBack(plan)}`);
  }
  if (plan.missingRoles.length > 0) {
    lines.push(
      `Left out, because these roles do not exist here: owners and grants of ${plan.missingRoles.join(', ')}`,
    );
  }
  return lines.map(escapeText).join('\n');
}

function wayBack({ mode, safetyBackup, may }: RestorePlan): string {
  if (mode === 'swap') return 'The replaced database is kept for undo.';
  const why = may.create ? '' : ` (role ${may.role} may create no database to swap)`;
  return safetyBackup
    ? `It is backed up first, for undo${why}.`
    : `There will be no way back: without a safety backup nothing is kept${why}.`;
}

/** What an undo will swap. */
export function describeUndo({ target, server, database, live, kept }: UndoPlan): string {
  return [
    `target    ${target}: ${server}`,
    live
      ? `database  ${database} (${sizeInWords(live.bytes)}) will be replaced, and kept for the next undo`
      : `database  ${database} does not exist any more`,
    `with      ${kept.kept} (${sizeInWords(kept.bytes)}), which a restore replaced at ${dateInWords(kept.since)}`,
  ]
    .map(escapeText)
    .join('\n');
}
