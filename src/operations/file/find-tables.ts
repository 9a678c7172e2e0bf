import { nearest } from '../../config/nearest.ts';
import { OrchestrateError } from '../../errors.ts';
import { shellWord } from '../../postgres/dump-text/plain-dump.ts';
import { type QualifiedName, writtenName } from '../../postgres/dump-text/table-names.ts';

/** The tables of a file that a person typed, each once. Rejects with `usage` for what none or several fit. */
export function findTables(typed: readonly string[], known: readonly QualifiedName[]): QualifiedName[] {
  return [...new Set(typed.map(one => findTable(one, known)))];
}

function findTable(typed: string, known: readonly QualifiedName[]): QualifiedName {
  const [, schema, name] = written.exec(typed) ?? [];
  if (name === undefined)
    throw new OrchestrateError('usage', `this is no name of a table: ${JSON.stringify(typed)}`, {
      hint: 'Type it as in SQL, for example: --table public.orders, or --table \'"Odd.Name"\'',
    });
  const find = (fits: (typed: string, name: string) => boolean) =>
    known.filter(one => (schema === undefined || fits(schema, one.schema)) && fits(name, one.name));
  // SQL folds names without quotes; who sees "Users" in a list may type Users all the same.
  const exact = find((part, name) => unquoted(part) === name);
  const found = exact.length > 0 ? exact : find((part, name) => folded(part) === name);
  if (found.length === 1) return found[0]!;
  if (found.length === 0) throw unknownTable(typed, unquoted(name), known);
  throw new OrchestrateError('usage', `several tables are called ${typed}: ${listed(found)}`, {
    hint: `Type its schema too, for example: --table ${shellWord(writtenName(found[0]!))}`,
  });
}

const written = /^(?:("(?:[^"]|"")+"|[^".]+)\.)?("(?:[^"]|"")+"|[^".]+)$/;

function unquoted(part: string): string {
  return part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part;
}

function folded(part: string): string {
  return part.startsWith('"') ? unquoted(part) : part.toLowerCase();
}

function unknownTable(typed: string, name: string, known: readonly QualifiedName[]): OrchestrateError {
  const near = nearest(
    name,
    known.map(one => one.name),
  );
  const similar = known.filter(
    one => one.name === near || one.name.includes(name) || name.includes(one.name),
  );
  const which = similar.length > 0 ? `; similar ones: ${listed(similar)}` : '';
  return new OrchestrateError('usage', `the backup has no table ${typed}${which}`, {
    hint: 'To see what it has, run: db-orchestrate show, with the same file and without --table',
  });
}

const shown = 10;

function listed(names: readonly QualifiedName[]): string {
  const more = names.length > shown ? `, and ${names.length - shown} more` : '';
  return names.slice(0, shown).map(writtenName).join(', ') + more;
}
