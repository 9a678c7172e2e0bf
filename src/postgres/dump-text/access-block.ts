import { badDump } from './bad-dump.ts';
import { createDumpReader, type DumpLine } from './dump-reader.ts';
import { rolesNamed } from './roles-named.ts';

/** A statement that gives an owner or a privilege, kept in a dump as a comment. */
export interface AccessStatement {
  /** One whole statement with its semicolon, in the dump's encoding. */
  readonly text: Buffer;
  /** Roles that must exist for it. */
  readonly roles: readonly string[];
}

const introduction = '-- Owners and privileges of the same snapshot (db-orchestrate):';
const prefix = '--+ ';
/** psql takes a carriage return for the end of a comment: what follows one in a name stands on a line of its own. */
const afterCarriageReturn = '--~ ';

/**
 * The comment lines that keep statements in a dump without their being executed by psql; they belong directly before
 * the closing comment. Each statement ends with its semicolon.
 */
export function formatAccess(statements: readonly string[]): string {
  if (statements.length === 0) return '';
  const lines = statements.map(
    statement =>
      prefix + statement.replaceAll('\n', `\n${prefix}`).replaceAll('\r', `\n${afterCarriageReturn}`),
  );
  return `${introduction}\n${lines.join('\n')}\n\n`;
}

/** Whether a comment line is the first of the block. */
export function isAccessIntroduction(comment: Buffer): boolean {
  return comment.toString('latin1', 0, introduction.length + 1) === introduction;
}

/** Collects what `formatAccess` wrote. Only the block that nothing but comments follows counts. */
export interface AccessBlock {
  comment(line: DumpLine): void;
  /** None is one of the block's. */
  statement(): false;
  /** Throws `bad-file` when a line holds anything but a statement about owners and privileges. */
  end(): AccessStatement[];
}

export function createAccessBlock(): AccessBlock {
  let open = false;
  let firstLine = 0;
  let parts: Buffer[] = [];

  return {
    comment({ text, line }) {
      const start = text.toString('latin1', 0, introduction.length + 1);
      if (start === introduction) {
        open = true;
        firstLine = line + 1;
        parts = [];
      } else if (open && (start.startsWith(prefix) || start.startsWith(afterCarriageReturn))) {
        if (parts.length > 0) parts.push(Buffer.from(start.startsWith(prefix) ? '\n' : '\r'));
        parts.push(Buffer.from(text.subarray(prefix.length)));
      } else open = false;
    },
    statement() {
      open = false;
      parts = [];
      return false;
    },
    end() {
      return parts.length === 0 ? [] : readAccess(Buffer.concat([...parts, Buffer.from('\n')]), firstLine);
    },
  };
}

function readAccess(text: Buffer, firstLine: number): AccessStatement[] {
  const statements: AccessStatement[] = [];
  const reader = createDumpReader(
    {
      onStatement({ keyword, text, line }) {
        if (!/^(?:ALTER|GRANT|REVOKE|SET|RESET)$/.test(keyword))
          throw badDump(`no statement about owners and privileges at line ${line}`);
        statements.push({ text: Buffer.from(text), roles: rolesNamed(keyword, text) });
      },
    },
    firstLine,
  );
  reader.push(text);
  reader.end();
  return statements;
}
