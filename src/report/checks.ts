import type { Check } from '../operations/checks/check.ts';
import type { Diagnosis } from '../operations/doctor.ts';
import { escapeText } from './escape.ts';

const words = { ok: 'OK', warning: 'WARN', failed: 'FAILED' } as const;

/** A line for each check, and under one that is not as it should be what mends it. */
export function describeDiagnoses(diagnoses: readonly Diagnosis[]): string {
  const names = diagnoses.flatMap(({ checks }) => checks.map(({ name }) => name.length));
  const width = Math.max(...names);
  return diagnoses
    .map(({ target, describe, checks }) => {
      const lines = checks.flatMap(check => linesOf(check, width));
      return [`${target}: ${describe}`, ...lines].map(line => `${escapeText(line)}\n`).join('');
    })
    .join('\n');
}

function linesOf({ name, level, detail, database, hint }: Check, width: number): string[] {
  const which = database === undefined ? '' : `${database}: `;
  const line = `  ${words[level].padEnd(6)}  ${name.padEnd(width)}  ${which}${detail}`;
  return hint === undefined ? [line] : [line, `${' '.repeat(width + 12)}${hint}`];
}

/** The same for scripts. */
export function diagnosesDocument(diagnoses: readonly Diagnosis[]) {
  return {
    targets: diagnoses.map(({ target, describe, checks, exitCode }) => ({
      target,
      describe,
      ok: exitCode === 0,
      exitCode,
      checks: checks.map(({ name, level, detail, database, hint = null }) => ({
        name,
        ...(database !== undefined && { database }),
        ok: level !== 'failed',
        warning: level === 'warning',
        detail,
        hint,
      })),
    })),
  };
}
