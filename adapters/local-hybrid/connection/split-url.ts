import { OrchestrateError } from '../../../src/errors.ts';
import { isKeyword } from './settings.ts';

/** What stands behind `postgresql://`, cut into its parts, nothing decoded. */
export interface UrlParts {
  readonly user: string;
  readonly password: string;
  /** All of `h1:5432,h2`. */
  readonly hosts: string;
  readonly database: string;
  readonly query: string;
}

/**
 * Cuts where a person would. As in libpq, `#` is an ordinary character and `?` may stand in a password; beyond
 * it, the last `@` before the path ends the password, so that one may stand in there too. A `/` in a password
 * cannot be told from the path's: throws `usage`.
 */
export function splitUrl(rest: string): UrlParts {
  const [head, query] = cutAt(rest, queryStart(rest));
  const [authority, database] = cutAt(head, head.indexOf('/'));
  if (authority !== '' && database.includes('@')) throw slashInPassword();
  const at = authority.lastIndexOf('@');
  const [user, password] = at < 0 ? ['', ''] : cutAt(authority.slice(0, at), authority.indexOf(':'));
  return { user, password, hosts: authority.slice(at + 1), database, query };
}

/** The first `?` that is not a password's: no `@` follows, or the path has begun, or a known keyword follows. */
function queryStart(rest: string): number {
  for (const { index } of rest.matchAll(/\?/g)) {
    const after = rest.slice(index + 1);
    if (!after.includes('@') || /@[^@]*\//.test(rest.slice(0, index)) || isKeyword(after.split('=')[0]!))
      return index;
  }
  return -1;
}

/** The texts before and behind one character; all and nothing when there is none. */
function cutAt(text: string, index: number): [string, string] {
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}

function slashInPassword(): OrchestrateError {
  return new OrchestrateError(
    'usage',
    'the database URL has an @ behind its first /: in a password, / must be written as %2F and @ as %40',
    {
      hint: 'Write it like this: postgresql://user:pa%2Fss%40word@localhost:5432/mydb (an @ of the database name is %40 as well).',
    },
  );
}
