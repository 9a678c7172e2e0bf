import type { Session } from '../../../contract/adapter.ts';
import type { DatabaseFacts } from '../../../postgres/database-facts.ts';
import type { ByteRange } from '../../../postgres/dump-text/strip-ranges.ts';
import { notIn } from '../../../postgres/present.ts';
import { identifier } from '../../../postgres/quote.ts';
import type { CheckedFile } from '../../file/check-file.ts';

/** Where a dump goes to tablespaces that this role cannot use here, which is not worth failing for. */
export async function tablespaceFitness(
  session: Session,
  { facts }: CheckedFile,
  like: DatabaseFacts | undefined,
): Promise<{ instead: ByteRange[]; warnings: string[] }> {
  const names = facts.tablespaces.map(({ name }) => name).filter(name => name !== like?.tablespace);
  const present = 'SELECT spcname::text AS name FROM pg_tablespace';
  const missing = await notIn(session, names, present);
  const closed = await notIn(session, names, `${present} WHERE has_tablespace_privilege(oid, 'CREATE')`);
  const goes = 'what was in it goes to the default one';
  return {
    instead: facts.tablespaces.filter(({ name }) => closed.includes(name)),
    warnings: closed.map(name =>
      missing.includes(name)
        ? `there is no tablespace ${name} here; ${goes} (to have it: CREATE TABLESPACE ${identifier(name)} LOCATION '…';)`
        : `this role may not use tablespace ${name}; ${goes} (to allow it: GRANT CREATE ON TABLESPACE ${identifier(name)} TO …;)`,
    ),
  };
}
