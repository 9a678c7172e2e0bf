import { OrchestrateError } from '../../errors.ts';

/** The failure of a text that must not reach psql. `message` ends with the line and what stands there. */
export function badDump(message: string, hint = neverWritten): OrchestrateError {
  return new OrchestrateError('bad-file', message, { hint });
}

const neverWritten =
  'pg_dump never writes this, so the file was changed after the dump or comes from another program; make a new backup with "db-orchestrate backup", or restore an older one from "db-orchestrate list".';

/** The failure of a text that ends too early. */
export function incompleteDump(detail: string): OrchestrateError {
  return badDump(
    `the dump is incomplete: ${detail}`,
    'The program that wrote it was ended before it had finished; restore an older backup from "db-orchestrate list", or make a new one with "db-orchestrate backup".',
  );
}

/** What stands at a place, fit for a message: to the end of the line, at most `limit` characters, nothing that a terminal obeys. */
export function excerpt(text: Buffer, from = 0, limit = 80): string {
  const lineEnd = text.indexOf(10, from);
  const shown = text
    .subarray(from, Math.min(lineEnd === -1 ? text.length : lineEnd, from + 4 * limit))
    .toString();
  const escaped = [...shown.replace(/\r$/, '')].map(visible).join('');
  return escaped.length > limit ? `${escaped.slice(0, limit - 1)}…` : escaped;
}

function visible(character: string): string {
  return /[\p{C}\p{Zl}\p{Zp}]/u.test(character)
    ? `\\u{${character.codePointAt(0)!.toString(16)}}`
    : character;
}
