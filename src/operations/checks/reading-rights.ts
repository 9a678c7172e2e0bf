import type { Server, Session } from '../../contract/adapter.ts';
import { OrchestrateError } from '../../errors.ts';
import { type Exclude, findExclusion } from '../../postgres/left-out.ts';
import { currentUser } from '../../postgres/present.ts';
import { identifier } from '../../postgres/quote.ts';
import { type Check, failed, ok } from './check.ts';

/** Whether pg_dump may read all that it would: it stops at the first thing that it may not. */
export async function readingRights(
  server: Server,
  session: Session,
  exclude: Exclude = {},
): Promise<Check[]> {
  const role = await currentUser(session);
  const { leftOut } = await findExclusion(session, exclude);
  const rowless = leftOut.map(({ name }) => name);
  // Of what only the rows are left out, pg_dump locks the table all the same.
  const absent = leftOut.filter(({ what }) => what === 'table').map(({ name }) => name);
  const closed = (await session.query<Unreadable>(unreadable))
    .filter(({ name }) => !absent.includes(name))
    .map(({ kind, name }) => `${kind} ${name}`);
  const hidden = (await session.query<{ name: string }>(filtered))
    .map(({ name }) => name)
    .filter(name => !rowless.includes(name));
  return [
    closed.length === 0
      ? ok('reads all', `role ${role} may read every table, sequence and large object`)
      : failed(
          'reads all',
          new OrchestrateError('backup-failed', `role ${role} may not read ${some(closed)}`, {
            hint: `Allow it, as a superuser: ${grant(server, role, closed)}`,
          }),
        ),
    hidden.length === 0
      ? ok('row security', `no policy hides rows from role ${role}`)
      : failed(
          'row security',
          new OrchestrateError(
            'backup-failed',
            `pg_dump refuses, since policies may hide rows from role ${role}: ${some(hidden)}`,
            { hint: `Let it see all rows, as a superuser: ALTER ROLE ${identifier(role)} BYPASSRLS;` },
          ),
        ),
  ];
}

/** Tables and sequences of which pg_dump reads the contents. Of an extension's own only those that it asks for. */
const dumped = `
  SELECT c.oid, c.oid::regclass::text AS name, c.relkind, c.relrowsecurity, n.oid AS schema
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'S') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
      SELECT FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
        AND NOT c.oid = ANY (coalesce(e.extconfig, '{}')))`;

interface Unreadable {
  readonly kind: 'sequence' | 'table' | 'large object';
  readonly name: string;
}

const unreadable = `
  SELECT CASE relkind WHEN 'S' THEN 'sequence' ELSE 'table' END AS kind, name FROM (${dumped}) AS t
  WHERE NOT has_table_privilege(oid, 'SELECT') OR NOT has_schema_privilege(schema, 'USAGE')
  UNION ALL
  SELECT 'large object', oid::text FROM pg_largeobject_metadata
  WHERE NOT pg_has_role(lomowner, 'USAGE') AND NOT EXISTS (
    SELECT FROM aclexplode(lomacl) a
    WHERE a.privilege_type = 'SELECT' AND (a.grantee = 0 OR pg_has_role(a.grantee, 'USAGE')))
  ORDER BY 1, 2`;

const filtered = `
  SELECT name FROM (${dumped}) AS t
  WHERE relkind = 'r' AND relrowsecurity AND row_security_active(oid) ORDER BY 1`;

const shown = 5;

function some(names: readonly string[]): string {
  const more = names.length > shown ? ` and ${names.length - shown} more` : '';
  return `${names.slice(0, shown).join(', ')}${more}`;
}

function grant({ version }: Server, role: string, closed: readonly string[]): string {
  const to = identifier(role);
  // No predefined role reads large objects, and 13 has none for tables either.
  const isLarge = closed.some(name => name.startsWith('large object'));
  if (version.major >= 14 && !isLarge) return `GRANT pg_read_all_data TO ${to};`;
  if (isLarge) return `GRANT SELECT ON LARGE OBJECT … TO ${to};, or back up as the owner of the database.`;
  return `GRANT USAGE ON SCHEMA … TO ${to}; GRANT SELECT ON ALL TABLES IN SCHEMA … TO ${to}; GRANT SELECT ON ALL SEQUENCES IN SCHEMA … TO ${to};`;
}
