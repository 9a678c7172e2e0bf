import { named, own } from './words.ts';

/** Types, casts, operators, collations and what else is made of types. */
export const typeQueries = [
  `SELECT ${named('pg_type', 't.oid')}, jsonb_build_object('kind', t.typtype, 'defined', t.typisdefined, 'length', t.typlen, 'category', t.typcategory,
      'input', t.typinput::text, 'align', t.typalign, 'storage', t.typstorage, 'not null', t.typnotnull, 'default', t.typdefault,
      'base', CASE WHEN t.typbasetype <> 0 THEN format_type(t.typbasetype, t.typtypmod) END,
      'labels', (SELECT array_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid))
   FROM pg_type t WHERE t.typnamespace <> 'pg_toast'::regnamespace AND ${own('pg_type', 't.oid')} AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid)`,
  `SELECT 'range ' || r.rngtypid::regtype::text, jsonb_build_array(r.rngsubtype::regtype, nullif(r.rngcollation, 0)::regcollation, r.rngcanonical::text, r.rngsubdiff::text,
      nullif((to_jsonb(r) ->> 'rngmultitypid')::oid, 0)::regtype) FROM pg_range r WHERE ${own('pg_type', 'r.rngtypid')}`,
  `SELECT ${named('pg_cast', 'c.oid')}, jsonb_build_array(c.castfunc::regprocedure, c.castcontext, c.castmethod) FROM pg_cast c WHERE ${own('pg_cast', 'c.oid')}`,
  `SELECT ${named('pg_operator', 'o.oid')}, jsonb_build_array(o.oprcode::text, o.oprcom::regoperator, o.oprnegate::regoperator, o.oprrest::text, o.oprjoin::text, o.oprcanmerge, o.oprcanhash)
   FROM pg_operator o WHERE ${own('pg_operator', 'o.oid')}`,
  `SELECT ${named('pg_opclass', 'o.oid')}, jsonb_build_array(o.opcintype::regtype, o.opcdefault, o.opckeytype::regtype, ${named('pg_opfamily', 'o.opcfamily')})
   FROM pg_opclass o WHERE ${own('pg_opclass', 'o.oid')}`,
  `SELECT ${named('pg_opfamily', 'f.oid')}, jsonb_build_array(
      (SELECT array_agg(format('%s %s', a.amopstrategy, a.amopopr::regoperator) ORDER BY a.amopstrategy) FROM pg_amop a WHERE a.amopfamily = f.oid),
      (SELECT array_agg(format('%s %s', a.amprocnum, a.amproc::regprocedure) ORDER BY a.amprocnum) FROM pg_amproc a WHERE a.amprocfamily = f.oid))
   FROM pg_opfamily f WHERE ${own('pg_opfamily', 'f.oid')}`,
  `SELECT ${named('pg_collation', 'c.oid')}, jsonb_build_array(c.collprovider, c.collisdeterministic, c.collcollate, c.collctype,
      coalesce(to_jsonb(c) ->> 'colllocale', to_jsonb(c) ->> 'colliculocale')) FROM pg_collation c WHERE ${own('pg_collation', 'c.oid')}`,
  `SELECT ${named('pg_conversion', 'c.oid')}, jsonb_build_array(c.conforencoding, c.contoencoding, c.conproc::text, c.condefault) FROM pg_conversion c WHERE ${own('pg_conversion', 'c.oid')}`,
  `SELECT ${named('pg_ts_dict', 'd.oid')}, jsonb_build_array(${named('pg_ts_template', 'd.dicttemplate')}, d.dictinitoption) FROM pg_ts_dict d WHERE ${own('pg_ts_dict', 'd.oid')}`,
  `SELECT ${named('pg_ts_config', 'c.oid')}, jsonb_build_array(${named('pg_ts_parser', 'c.cfgparser')},
      (SELECT array_agg(format('%s %s', m.maptokentype, m.mapdict::regdictionary) ORDER BY m.maptokentype, m.mapseqno) FROM pg_ts_config_map m WHERE m.mapcfg = c.oid))
   FROM pg_ts_config c WHERE ${own('pg_ts_config', 'c.oid')}`,
];
