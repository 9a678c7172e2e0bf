import type { AccessStatement } from './access-block.ts';
import type { DumpStatement } from './dump-reader.ts';
import { namePattern } from './names.ts';
import { rolesNamed } from './roles-named.ts';

/** Collects the statements of a dump that give owners, grants and default privileges. */
export interface AccessStatements {
  /** Whether the statement is one of them. */
  statement(statement: DumpStatement): boolean;
  end(): AccessStatement[];
}

export function createAccessStatements(): AccessStatements {
  const found: AccessStatement[] = [];
  return {
    statement({ keyword, text, truncated }) {
      if (truncated || !isAccess(keyword, text)) return false;
      found.push({ text: Buffer.from(text), roles: rolesNamed(keyword, text) });
      return true;
    },
    end: () => found,
  };
}

const alter = new RegExp(`^ALTER DEFAULT PRIVILEGES | OWNER TO ${namePattern};\\s*$`);

/** A grant by another role than the owner stands between SET and RESET SESSION AUTHORIZATION. */
function isAccess(keyword: string, text: Buffer): boolean {
  if (keyword === 'GRANT' || keyword === 'REVOKE') return true;
  if (keyword !== 'ALTER' && keyword !== 'SET' && keyword !== 'RESET') return false;
  const statement = text.toString('latin1');
  return keyword === 'ALTER' ? alter.test(statement) : /^(?:RE)?SET SESSION AUTHORIZATION\b/.test(statement);
}
