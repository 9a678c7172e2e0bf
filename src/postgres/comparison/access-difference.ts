import type { AccessStatement } from '../dump-text/access-block.ts';
import { decode } from '../dump-text/names.ts';

/** Owners and grants that only one of two databases has, as statements in words. */
export interface AccessDifference {
  readonly onlyInA: readonly string[];
  readonly onlyInB: readonly string[];
}

/** Owners and grants as a dump has them. */
export interface DumpedAccess {
  readonly statements: readonly AccessStatement[];
  /** Whether those that are not there do not exist: a dump made with -O has no owner, one made with -x no grant. */
  readonly complete: boolean;
}

export function compareAccess(a: DumpedAccess, b: DumpedAccess): AccessDifference {
  const [ofA, ofB] = [inWords(saidBy(b, a)), inWords(saidBy(a, b))];
  return { onlyInA: without(ofA, ofB), onlyInB: without(ofB, ofA) };
}

/** Of `other` what the dump would also say if it were so. */
function saidBy({ statements, complete }: DumpedAccess, other: DumpedAccess): readonly AccessStatement[] {
  if (complete) return other.statements;
  const kinds = new Set(statements.map(isOwner));
  return other.statements.filter(statement => kinds.has(isOwner(statement)));
}

function isOwner({ text }: AccessStatement): boolean {
  return text.includes(' OWNER TO ');
}

/** A grant that another role than the owner gave stands behind a SET SESSION AUTHORIZATION. */
function inWords(statements: readonly AccessStatement[]): string[] {
  let grantor = '';
  const found: string[] = [];
  for (const { text } of statements) {
    const statement = decode(text.toString('latin1')).trim();
    const role = /^SET SESSION AUTHORIZATION (.*);$/s.exec(statement)?.[1];
    if (role !== undefined) grantor = role === 'DEFAULT' ? '' : `as ${role}: `;
    else if (statement.startsWith('RESET ')) grantor = '';
    else found.push(grantor + statement);
  }
  return found;
}

/** Each as often as it is there. */
function without(own: readonly string[], other: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const one of other) left.set(one, (left.get(one) ?? 0) + 1);
  return own.filter(one => {
    const count = left.get(one) ?? 0;
    if (count > 0) left.set(one, count - 1);
    return count === 0;
  });
}
