// The aliases end in _ so that no name in the query around them is meant.

/** SQL: the object is the user's, and does not come with an extension. */
export function own(catalog: string, oid: string): string {
  const member = `SELECT FROM pg_depend dep_ WHERE dep_.classid = 'pg_catalog.${catalog}'::regclass AND dep_.objid = ${oid} AND dep_.deptype = 'e'`;
  return `${oid} >= 16384 AND NOT EXISTS (${member})`;
}

/** SQL: the object's name with its kind, as 'table app.orders'. */
export function named(catalog: string, oid: string, sub = '0'): string {
  // A large object's class is where its pages are, not where its owner is.
  const table = catalog === 'pg_largeobject_metadata' ? 'pg_largeobject' : catalog;
  return `(SELECT id_.type || ' ' || id_.identity FROM pg_identify_object('pg_catalog.${table}'::regclass, ${oid}, ${sub}) id_)`;
}

/** SQL: privileges in one order, the built-in defaults spelled out. */
export function privileges(acl: string, kind: string, owner: string): string {
  const name = `CASE acl_.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(acl_.grantee) END`;
  const one = `${name} || ': ' || acl_.privilege_type || CASE WHEN acl_.is_grantable THEN ' with grant option' ELSE '' END || ' by ' || pg_get_userbyid(acl_.grantor)`;
  // MAINTAIN came with 17: without it databases of different versions can be compared.
  return `(SELECT string_agg(${one}, ', ' ORDER BY ${one}) FROM aclexplode(coalesce(${acl}, acldefault('${kind}', ${owner}))) acl_ WHERE acl_.privilege_type <> 'MAINTAIN')`;
}
