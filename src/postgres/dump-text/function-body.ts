/** Follows psql's rule for the semicolons inside `BEGIN ATOMIC … END`: which words open and close such a body. */
export interface FunctionBody {
  begin(): void;
  /** Takes the next unquoted word; false when psql's versions would not agree about what it opens. */
  word(text: Buffer, from: number, to: number, atTop: boolean): boolean;
  /** Whether a semicolon belongs to the body. */
  readonly open: boolean;
}

/**
 * psql (14 and later) does not parse: it takes a statement whose first words are CREATE [OR REPLACE] FUNCTION or
 * PROCEDURE for one with a body, and in it every word BEGIN outside parentheses for the start of one, also when
 * that is the function's name. Such a statement would swallow all that follows, so it is refused here.
 * Source: the rule for identifiers in src/fe_utils/psqlscan.l.
 */
export function createFunctionBody(): FunctionBody {
  let start = '';
  let kind: 'unknown' | 'function' | 'other' = 'other';
  let depth = 0;
  let expectAtomic = false;
  return {
    begin() {
      start = '';
      kind = 'unknown';
      depth = 0;
      expectAtomic = false;
    },
    word(text, from, to, atTop) {
      if (kind === 'other' || (to - from > 9 && kind === 'function' && !expectAtomic)) return true;
      const name = text.toString('latin1', from, Math.min(to, from + 10)).toUpperCase();
      if (kind === 'unknown') {
        start += `${name} `;
        kind = kindOf(start);
      } else if (expectAtomic) {
        expectAtomic = false;
        return name === 'ATOMIC' && atTop;
      } else if (atTop && name === 'BEGIN') {
        depth += 1;
        expectAtomic = true;
      } else if (atTop && depth > 0) {
        if (name === 'CASE') depth += 1;
        if (name === 'END') depth -= 1;
      }
      return true;
    },
    get open() {
      return depth > 0;
    },
  };
}

function kindOf(start: string): 'unknown' | 'function' | 'other' {
  if (/^CREATE (?:OR REPLACE )?(?:FUNCTION|PROCEDURE) $/.test(start)) return 'function';
  return /^CREATE (?:OR (?:REPLACE )?)?$/.test(start) ? 'unknown' : 'other';
}
