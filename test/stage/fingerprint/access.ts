import { named, privileges } from './words.ts';

interface Kind {
  readonly catalog: string;
  /** The columns' common beginning, as in relowner and relacl. */
  readonly prefix: string;
  /** For acldefault; without it objects of the kind have no privileges. */
  readonly letter?: string;
  readonly where?: string;
}

// A table's row type is as its table. A multirange has an owner of its own, which pg_dump forgets before 17.
const kinds: Kind[] = [
  { catalog: 'pg_class', prefix: 'rel', letter: 'r', where: "o.relkind IN ('r', 'p', 'v', 'm', 'f')" },
  { catalog: 'pg_class', prefix: 'rel', letter: 's', where: "o.relkind = 'S'" },
  { catalog: 'pg_proc', prefix: 'pro', letter: 'f' },
  {
    catalog: 'pg_type',
    prefix: 'typ',
    letter: 'T',
    where:
      "o.typelem = 0 AND o.typtype <> 'm' AND (o.typrelid = 0 OR (SELECT relkind FROM pg_class WHERE oid = o.typrelid) = 'c')",
  },
  {
    catalog: 'pg_namespace',
    prefix: 'nsp',
    letter: 'n',
    where: "(o.oid >= 16384 OR o.nspname = 'public') AND o.nspname !~ '^pg_'",
  },
  { catalog: 'pg_language', prefix: 'lan', letter: 'l' },
  { catalog: 'pg_foreign_data_wrapper', prefix: 'fdw', letter: 'F' },
  { catalog: 'pg_foreign_server', prefix: 'srv', letter: 'S' },
  { catalog: 'pg_largeobject_metadata', prefix: 'lom', letter: 'L' },
  { catalog: 'pg_operator', prefix: 'opr' },
  { catalog: 'pg_opclass', prefix: 'opc' },
  { catalog: 'pg_opfamily', prefix: 'opf' },
  { catalog: 'pg_collation', prefix: 'coll' },
  { catalog: 'pg_conversion', prefix: 'con' },
  { catalog: 'pg_statistic_ext', prefix: 'stx' },
  { catalog: 'pg_ts_dict', prefix: 'dict' },
  { catalog: 'pg_ts_config', prefix: 'cfg' },
  { catalog: 'pg_event_trigger', prefix: 'evt' },
  { catalog: 'pg_publication', prefix: 'pub' },
];

/** Owners, privileges, default privileges and comments, of extensions' members too. */
export const accessQueries = [
  ...kinds.map(({ catalog, prefix, where = 'true' }) => {
    return `SELECT 'owner of ' || ${named(catalog, 'o.oid')}, pg_get_userbyid(o.${prefix}owner) FROM ${catalog} o WHERE ${user(catalog)} AND ${where}`;
  }),
  ...kinds.flatMap(({ catalog, prefix, letter, where = 'true' }) => {
    if (!letter) return [];
    const acl = privileges(`o.${prefix}acl`, letter, `o.${prefix}owner`);
    return `SELECT 'privileges on ' || ${named(catalog, 'o.oid')}, ${acl} FROM ${catalog} o WHERE ${user(catalog)} AND ${where}`;
  }),
  `SELECT 'privileges on ' || ${named('pg_class', 'a.attrelid', 'a.attnum')}, ${privileges('a.attacl', 'c', 'c.relowner')}
   FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE a.attacl IS NOT NULL AND c.oid >= 16384`,
  `SELECT 'default privileges of ' || pg_get_userbyid(d.defaclrole) || ' for ' || d.defaclobjtype::text || ' in ' || coalesce(nullif(d.defaclnamespace, 0)::regnamespace::text, 'all'),
      ${privileges('d.defaclacl', 'r', 'd.defaclrole')} FROM pg_default_acl d`,
  `SELECT 'comment on ' || (SELECT i.type || ' ' || i.identity FROM pg_identify_object(d.classoid, d.objoid, d.objsubid) i), to_jsonb(d.description)
   FROM pg_description d WHERE d.objoid >= 16384 OR d.objoid = 'public'::regnamespace`,
];

/** Schemas have their own condition, and the built-in `public` counts. */
function user(catalog: string): string {
  return catalog === 'pg_namespace' ? 'true' : 'o.oid >= 16384';
}
