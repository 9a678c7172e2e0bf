import { named, own } from './words.ts';

const relation = named('pg_class', 'c.oid');

/** Tables, views, columns, indexes, constraints, triggers, rules, policies, statistics objects. */
export const relationQueries = [
  `SELECT ${relation}, jsonb_build_object('kind', c.relkind, 'persistence', c.relpersistence, 'options', c.reloptions,
      'toast options', (SELECT t.reloptions FROM pg_class t WHERE t.oid = c.reltoastrelid), 'method', (SELECT amname FROM pg_am a WHERE a.oid = c.relam),
      'replica identity', c.relreplident, 'rls', c.relrowsecurity, 'forced', c.relforcerowsecurity, 'populated', c.relispopulated,
      'of', nullif(c.reloftype, 0)::regtype, 'partition key', pg_get_partkeydef(c.oid), 'bound', pg_get_expr(c.relpartbound, c.oid),
      'parents', (SELECT array_agg(inhparent::regclass::text ORDER BY inhseqno) FROM pg_inherits WHERE inhrelid = c.oid))
   FROM pg_class c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c') AND ${own('pg_class', 'c.oid')}`,
  `SELECT ${named('pg_class', 'a.attrelid', 'a.attnum')}, jsonb_build_object('place', row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum),
      'type', format_type(a.atttypid, a.atttypmod), 'not null', a.attnotnull, 'default', pg_get_expr(d.adbin, d.adrelid), 'identity', a.attidentity,
      'generated', a.attgenerated, 'storage', a.attstorage, 'compression', to_jsonb(a) ->> 'attcompression',
      'statistics', nullif(a.attstattarget, -1), 'options', (SELECT array_agg(o) FROM unnest(a.attoptions) o WHERE o !~ '^pg_attver='), 'fdw', a.attfdwoptions, 'local', a.attislocal,
      'collation', (SELECT l.oid::regcollation FROM pg_collation l WHERE l.oid = a.attcollation))
   FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
   WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c', 'i', 'I') AND c.relnamespace <> 'pg_toast'::regnamespace AND ${own('pg_class', 'c.oid')}`,
  `SELECT 'definition of ' || ${relation}, pg_get_viewdef(c.oid) FROM pg_class c WHERE c.relkind IN ('v', 'm') AND ${own('pg_class', 'c.oid')}`,
  `SELECT ${named('pg_class', 'i.indexrelid')}, jsonb_build_object('definition', pg_get_indexdef(i.indexrelid), 'valid', i.indisvalid,
      'clustered', i.indisclustered, 'replica identity', i.indisreplident, 'parent', (SELECT inhparent::regclass FROM pg_inherits WHERE inhrelid = i.indexrelid))
   FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE c.relnamespace <> 'pg_toast'::regnamespace AND ${own('pg_class', 'c.oid')}`,
  `SELECT ${named('pg_constraint', 'k.oid')}, jsonb_build_array(pg_get_constraintdef(k.oid), k.convalidated, k.condeferrable, k.condeferred,
      k.connoinherit AND k.contype = 'c', k.conislocal, (SELECT conname FROM pg_constraint p WHERE p.oid = k.conparentid))
   FROM pg_constraint k WHERE k.contype <> 'n' AND ${own('pg_constraint', 'k.oid')}`,
  `SELECT ${named('pg_trigger', 't.oid')}, jsonb_build_array(pg_get_triggerdef(t.oid), t.tgenabled)
   FROM pg_trigger t WHERE NOT t.tgisinternal AND ${own('pg_trigger', 't.oid')}`,
  `SELECT ${named('pg_rewrite', 'r.oid')}, jsonb_build_array(pg_get_ruledef(r.oid), r.ev_enabled)
   FROM pg_rewrite r WHERE r.rulename <> '_RETURN' AND ${own('pg_rewrite', 'r.oid')}`,
  `SELECT ${named('pg_policy', 'p.oid')}, jsonb_build_array(p.polcmd, p.polpermissive, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid),
      (SELECT array_agg(r.name ORDER BY r.name) FROM (SELECT CASE o WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(o) END FROM unnest(p.polroles) o) r (name)))
   FROM pg_policy p WHERE ${own('pg_policy', 'p.oid')}`,
  `SELECT ${named('pg_statistic_ext', 's.oid')}, jsonb_build_array(pg_get_statisticsobjdef(s.oid), nullif(s.stxstattarget, -1))
   FROM pg_statistic_ext s WHERE ${own('pg_statistic_ext', 's.oid')}`,
  `SELECT 'foreign ' || f.ftrelid::regclass::text, jsonb_build_array((SELECT srvname FROM pg_foreign_server s WHERE s.oid = f.ftserver), f.ftoptions) FROM pg_foreign_table f`,
  `SELECT 'settings of ' || ${named('pg_class', 's.seqrelid')}, (to_jsonb(s) - 'seqrelid' - 'seqtypid' || jsonb_build_object('type', s.seqtypid::regtype,
      'owned by', (SELECT array_agg(${named('pg_class', 'd.refobjid', 'd.refobjsubid')} || d.deptype::text) FROM pg_depend d
        WHERE d.classid = 'pg_class'::regclass AND d.objid = s.seqrelid AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i'))))
   FROM pg_sequence s`,
];
