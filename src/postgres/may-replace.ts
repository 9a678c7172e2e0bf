import type { Session } from '../contract/adapter.ts';
import { literal } from './quote.ts';

/** What a role may do to a database as a whole. */
export interface MayReplace {
  readonly role: string;
  readonly superuser: boolean;
  /** Create and rename databases. */
  readonly create: boolean;
  /** Act as the owner of the database; true when it does not exist. */
  readonly own: boolean;
  /** Work from another database of the server. */
  readonly enterOther: boolean;
}

export async function mayReplace(session: Session, database: string): Promise<MayReplace> {
  const [may] = await session.query<MayReplace>(`
    SELECT current_user AS role, rolsuper AS superuser, rolcreatedb OR rolsuper AS create,
      coalesce((SELECT pg_has_role(datdba, 'USAGE') FROM pg_database WHERE datname = ${literal(database)}), true) AS own,
      current_database() <> ${literal(database)} AS "enterOther"
    FROM pg_roles WHERE rolname = current_user`);
  return may!;
}
