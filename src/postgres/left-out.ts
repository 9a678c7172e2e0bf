import { QueryFailure, type Session } from '../contract/adapter.ts';
import { OrchestrateError } from '../errors.ts';
import { readNamePattern } from './name-pattern.ts';
import { literal } from './quote.ts';

/** Patterns of what a dump leaves out, as `--exclude-table` and `--exclude-table-data` of pg_dump take them. */
export interface Exclude {
  readonly tables?: readonly string[] | undefined;
  readonly tableData?: readonly string[] | undefined;
}

/** One thing that a dump does not have: a table (or view, or sequence) as a whole, or its rows. */
export interface LeftOut {
  readonly what: 'table' | 'rows';
  /** With its schema, quoted where needed; as a pattern it names exactly this. */
  readonly name: string;
}

export interface Exclusion {
  /** Sorted by name. */
  readonly leftOut: readonly LeftOut[];
  /** Patterns that leave nothing out, with the key that they stand under. */
  readonly idle: readonly { readonly key: keyof Exclude; readonly pattern: string }[];
  /** What stays and refers to what was left out, so that a restore stops there: "view public.v". */
  readonly stranded: readonly string[];
}

/** What pg_dump is told. */
export function excludeArguments({ tables = [], tableData = [] }: Exclude): string[] {
  return [
    ...tables.map(pattern => `--exclude-table=${pattern}`),
    ...tableData.map(pattern => `--exclude-table-data=${pattern}`),
  ];
}

/** What the patterns mean in a database, at the moment of the session's snapshot. Rejects with `usage` for one that is none. */
export async function findExclusion(session: Session, exclude: Exclude): Promise<Exclusion> {
  const patterns = (['tables', 'tableData'] as const).flatMap(key =>
    (exclude[key] ?? []).map(pattern => ({ key, pattern })),
  );
  const found = patterns.length === 0 ? [] : await matching(session, patterns);
  const of = (wanted: keyof Exclude) =>
    found.filter(({ matches }) => matches.some(index => patterns[index]!.key === wanted));
  const tables = of('tables');
  const rows = of('tableData').filter(one => !tables.includes(one));
  const leftOut = [
    ...tables.map(({ name }) => ({ what: 'table' as const, name })),
    ...rows.map(({ name }) => ({ what: 'rows' as const, name })),
  ].sort((a, b) => (a.name < b.name ? -1 : 1));
  const used = new Set(found.flatMap(({ matches }) => matches));
  return {
    leftOut,
    idle: patterns.filter((_, index) => !used.has(index)),
    stranded: leftOut.length === 0 ? [] : await whatRefersTo(session, tables.map(oidOf), rows.map(oidOf)),
  };
}

interface Relation {
  readonly oid: string;
  readonly name: string;
  /** Indexes of the patterns that leave it, or its rows, out. */
  readonly matches: readonly number[];
}

function oidOf({ oid }: Relation): string {
  return oid;
}

/** Kinds of relations that pg_dump has as tables, and those that have rows of their own or a value. */
const kinds = { tables: 'rSvmfp', tableData: 'rSm' };

async function matching(
  session: Session,
  patterns: readonly { key: keyof Exclude; pattern: string }[],
): Promise<Relation[]> {
  const tests = patterns.map(
    ({ key, pattern }, index) => `CASE WHEN ${condition(pattern, kinds[key])} THEN ${index} END`,
  );
  try {
    // Names mean what they mean in a session of the role's own, which is where pg_dump looks, too; functions do not.
    return await session.query<Relation>(`
      SELECT oid::text AS oid, name, matches FROM (
        SELECT c.oid, quote_ident(nspname) || '.' || quote_ident(relname) AS name,
          array_remove(ARRAY[${tests.join(', ')}], NULL) AS matches
        FROM (SELECT set_config('search_path', reset_val, true) AS path FROM pg_settings WHERE name = 'search_path') AS p,
          pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%' AND relkind IN ('r', 'S', 'v', 'm', 'f', 'p')) AS all_of_them
      WHERE matches <> '{}'`);
  } catch (error) {
    if (!(error instanceof QueryFailure)) throw error;
    throw new OrchestrateError('usage', `a pattern of exclude cannot be used: ${error.message}`, {
      cause: error,
      hint: 'Correct it in the config file: it is what pg_dump --exclude-table takes.',
    });
  } finally {
    await session.execute("SET search_path TO ''").catch(() => undefined);
  }
}

function condition(pattern: string, relkinds: string): string {
  const { schema, name } = readNamePattern(pattern)!;
  const fits = (column: string, regex: string) =>
    `${column} ~ ${literal(`^(${regex})$`)} COLLATE pg_catalog.default`;
  const place =
    schema === undefined
      ? 'CASE WHEN p.path IS NOT NULL THEN pg_table_is_visible(c.oid) END'
      : fits('nspname', schema);
  return `strpos('${relkinds}', relkind::text) > 0 AND ${fits('relname', name)} AND ${place}`;
}

async function whatRefersTo(session: Session, tables: string[], rows: string[]): Promise<string[]> {
  const gone = `ANY ('{${tables.join(',')}}'::oid[])`;
  const empty = `ANY ('{${[...tables, ...rows].join(',')}}'::oid[])`;
  const found = await session.query<{ what: string }>(`
    SELECT DISTINCT what FROM (
      SELECT pg_describe_object('pg_class'::regclass, inhrelid, 0) AS what
      FROM pg_inherits WHERE inhparent = ${gone} AND NOT inhrelid = ${gone}
      UNION ALL
      SELECT pg_describe_object('pg_constraint'::regclass, oid, 0)
      FROM pg_constraint WHERE contype = 'f' AND conparentid = 0 AND confrelid = ${empty} AND NOT conrelid = ${empty}
      UNION ALL
      SELECT CASE WHEN ev_class IS NULL THEN pg_describe_object(classid, objid, 0)
        ELSE pg_describe_object('pg_class'::regclass, ev_class, 0) END
      FROM (
        SELECT classid, objid, r.ev_class, coalesce(k.conrelid, r.ev_class, a.adrelid, t.tgrelid, p.polrelid, d.objid) AS of
        FROM pg_depend d
          LEFT JOIN pg_constraint k ON classid = 'pg_constraint'::regclass AND k.oid = objid
          LEFT JOIN pg_rewrite r ON classid = 'pg_rewrite'::regclass AND r.oid = objid
          LEFT JOIN pg_attrdef a ON classid = 'pg_attrdef'::regclass AND a.oid = objid
          LEFT JOIN pg_trigger t ON classid = 'pg_trigger'::regclass AND t.oid = objid
          LEFT JOIN pg_policy p ON classid = 'pg_policy'::regclass AND p.oid = objid
        WHERE deptype = 'n' AND (refclassid = 'pg_class'::regclass AND refobjid = ${gone}
          OR refclassid = 'pg_type'::regclass AND refobjid IN (SELECT unnest(ARRAY[reltype, typarray])
            FROM pg_class c JOIN pg_type y ON y.oid = c.reltype WHERE c.oid = ${gone}))) AS dependent
      WHERE NOT of = ${gone}) AS all_of_them
    WHERE what IS NOT NULL ORDER BY 1`);
  return found.map(({ what }) => what);
}
