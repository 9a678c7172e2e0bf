import type { Session } from '../contract/adapter.ts';

/**
 * The statements that give large objects their owners and grants. pg_dump from version 17 on tells them only together
 * with what the objects hold, and reading that a second time could take as long as the backup. One character a byte,
 * in the encoding of the database, which is the dump's too.
 */
export async function largeObjectAccess(session: Session): Promise<string[]> {
  const statements = await session.query<{ hex: string }>(`
    SELECT encode(convert_to(statement, getdatabaseencoding()), 'hex') AS hex
    FROM pg_largeobject_metadata l, format('LARGE OBJECT %s', l.oid) AS object, LATERAL (
      SELECT 0 AS part, 0::bigint AS n, format('ALTER %s OWNER TO %I;', object, pg_get_userbyid(lomowner)) AS statement
      UNION ALL
      SELECT 1, 0, format('REVOKE ALL ON %s FROM %I;', object, pg_get_userbyid(lomowner)) WHERE lomacl IS NOT NULL
      UNION ALL
      SELECT 2, n * 3 + place, one FROM aclexplode(lomacl) WITH ORDINALITY AS a (grantor, grantee, privilege, grantable, n),
        format('GRANT %s ON %s TO %s%s;', privilege, object,
          CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END,
          CASE WHEN grantable AND grantee <> lomowner THEN ' WITH GRANT OPTION' END) AS granting,
        unnest(CASE WHEN grantor = lomowner THEN ARRAY[granting] ELSE ARRAY[
          format('SET SESSION AUTHORIZATION %I;', pg_get_userbyid(grantor)), granting, 'RESET SESSION AUTHORIZATION;'
        ] END) WITH ORDINALITY AS u (one, place)
    ) AS s ORDER BY l.oid, part, n`);
  return statements.map(({ hex }) => Buffer.from(hex, 'hex').toString('latin1'));
}
