import type { Session } from '../contract/adapter.ts';
import { literal } from './quote.ts';

/** The lasting properties of a database that no dump of its contents holds. */
export interface DatabaseFacts {
  name: string;
  encoding: string;
  collate: string;
  ctype: string;
  /** c = libc, i = ICU, b = builtin; before PostgreSQL 15 always libc. */
  provider: string;
  locale: string | null;
  icuRules: string | null;
  tablespace: string;
  owner: string;
  connectionLimit: number;
  comment: string | null;
  /** Null when nobody changed the default privileges. A grantee of null is PUBLIC. */
  privileges: { grantee: string | null; privilege: string; grantable: boolean }[] | null;
  /** ALTER DATABASE … SET, and with a role ALTER ROLE … IN DATABASE … SET. */
  settings: { role: string | null; name: string; value: string }[];
}

/**
 * The lasting properties of one database of the server, and its size in bytes; undefined when there is none of
 * that name. Columns of pg_database that a server is too old for are read as null (through to_jsonb).
 */
export async function databaseFacts(
  session: Session,
  name: string,
): Promise<(DatabaseFacts & { readonly bytes: number | null }) | undefined> {
  const [row] = await session.query<DatabaseFacts & { readonly bytes: number | null }>(`
    SELECT d.datname AS name, pg_encoding_to_char(d.encoding) AS encoding,
      d.datcollate AS collate, d.datctype AS ctype, coalesce(j->>'datlocprovider', 'c') AS provider,
      coalesce(j->>'datlocale', j->>'daticulocale') AS locale, j->>'daticurules' AS "icuRules",
      (SELECT spcname FROM pg_tablespace t WHERE t.oid = d.dattablespace) AS tablespace,
      pg_get_userbyid(d.datdba) AS owner, d.datconnlimit AS "connectionLimit",
      shobj_description(d.oid, 'pg_database') AS comment,
      CASE WHEN has_database_privilege(d.oid, 'CONNECT') THEN pg_database_size(d.oid) END AS bytes,
      CASE WHEN d.datacl IS NOT NULL THEN ARRAY(
        SELECT json_build_object(
          'grantee', CASE WHEN a.grantee <> 0 THEN pg_get_userbyid(a.grantee) END,
          'privilege', a.privilege_type, 'grantable', a.is_grantable)
        FROM aclexplode(d.datacl) a) END AS privileges,
      ARRAY(
        SELECT json_build_object(
          'role', CASE WHEN s.setrole <> 0 THEN pg_get_userbyid(s.setrole) END,
          'name', split_part(c, '=', 1), 'value', substr(c, strpos(c, '=') + 1))
        FROM pg_db_role_setting s, unnest(s.setconfig) WITH ORDINALITY AS u (c, n)
        WHERE s.setdatabase = d.oid ORDER BY s.setrole, u.n) AS settings
    FROM pg_database d, to_jsonb(d) AS j
    WHERE d.datname = ${literal(name)}`);
  return row;
}
