import type { Session } from '../contract/adapter.ts';
import type { QualifiedName } from './dump-text/table-names.ts';
import { identifier, literal } from './quote.ts';

/** A table of a database, and what depends on its rows. Names are as in SQL, with their schemas. */
export interface LiveTable {
  /** pg_class.relkind: r for a plain table, p for a partitioned one. */
  readonly kind: string;
  readonly triggers: readonly Switch[];
  /** Those on INSERT. */
  readonly rules: readonly Switch[];
  readonly views: readonly string[];
  readonly materializedViews: readonly string[];
}

/** Something that acts; `enabled` is O, or A for always. */
export interface Switch {
  readonly name: string;
  readonly enabled: string;
}

/** A foreign key that a table has or that points to it, or that of the root which it is a part of; or a check. */
export interface ForeignKey {
  readonly table: string;
  readonly name: string;
  readonly definition: string;
  readonly comment: string | null;
  /** Whether it belongs to one of the tables that were asked for. */
  readonly own: boolean;
  /** A check that is not valid for all rows which are there: none of them would come in again. */
  readonly isCheck: boolean;
}

/** Undefined when there is none of that name. */
export async function liveTable(session: Session, table: QualifiedName): Promise<LiveTable | undefined> {
  const list = (select: string) => `coalesce((SELECT json_agg(s.*) FROM (${select}) AS s), '[]')`;
  const names = (kind: string) => `coalesce((SELECT json_agg(DISTINCT v.oid::regclass::text)
    FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid JOIN pg_class v ON v.oid = r.ev_class
    WHERE d.classid = 'pg_rewrite'::regclass AND d.refobjid = c.oid AND v.relkind = '${kind}'), '[]')`;
  const [found] = await session.query<LiveTable>(`
    SELECT relkind AS kind,
      ${list(`SELECT tgname AS name, tgenabled AS enabled FROM pg_trigger
        WHERE tgrelid = c.oid AND NOT tgisinternal AND tgenabled IN ('O', 'A') ORDER BY tgname`)} AS triggers,
      ${list(`SELECT rulename AS name, ev_enabled AS enabled FROM pg_rewrite
        WHERE ev_class = c.oid AND ev_type = '3' AND ev_enabled IN ('O', 'A') ORDER BY rulename`)} AS rules,
      ${names('v')} AS views, ${names('m')} AS "materializedViews"
    FROM pg_class c WHERE c.oid = ${oidOf(table)} AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')`);
  return found;
}

/** All that have to be taken off while the rows of the tables are replaced. */
export async function foreignKeysOf(
  session: Session,
  tables: readonly QualifiedName[],
): Promise<ForeignKey[]> {
  if (tables.length === 0) return [];
  const oids = tables.map(oidOf).join(', ');
  // A partition has its root's, which can only be dropped there.
  return session.query<ForeignKey>(`
    WITH RECURSIVE up AS (
      SELECT oid, conparentid, conrelid IN (${oids}) AS own FROM pg_constraint
      WHERE contype = 'f' AND (conrelid IN (${oids}) OR confrelid IN (${oids}))
        OR contype = 'c' AND conrelid IN (${oids}) AND NOT convalidated AND coninhcount = 0
      UNION SELECT p.oid, p.conparentid, own FROM up JOIN pg_constraint p ON p.oid = up.conparentid)
    SELECT conrelid::regclass::text AS table, conname AS name, pg_get_constraintdef(oid) AS definition,
      obj_description(oid, 'pg_constraint') AS comment,
      (SELECT bool_or(own) FROM up WHERE up.oid = c.oid) AS own,
      contype = 'c' AS "isCheck"
    FROM pg_constraint c WHERE oid IN (SELECT oid FROM up WHERE conparentid = 0) ORDER BY 1, 2`);
}

/** Those of the sequences that the database has. */
export async function liveSequences(
  session: Session,
  sequences: readonly QualifiedName[],
): Promise<boolean[]> {
  if (sequences.length === 0) return [];
  const checks = sequences.map(one => `(SELECT relkind = 'S' FROM pg_class WHERE oid = ${oidOf(one)})`);
  const rows = await session.query<{ there: boolean | null }>(
    `SELECT * FROM unnest(ARRAY[${checks.join(', ')}]::boolean[]) WITH ORDINALITY AS u (there, number) ORDER BY number`,
  );
  return rows.map(({ there }) => there === true);
}

function oidOf({ schema, name }: QualifiedName): string {
  return `to_regclass(${literal(`${identifier(schema)}.${identifier(name)}`)})`;
}
