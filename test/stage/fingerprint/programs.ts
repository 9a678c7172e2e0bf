import { named, own } from './words.ts';

/** Functions, aggregates, languages, event triggers, publications, foreign servers, extensions. */
export const programQueries = [
  `SELECT ${named('pg_proc', 'p.oid')}, pg_get_functiondef(p.oid) FROM pg_proc p WHERE p.prokind <> 'a' AND ${own('pg_proc', 'p.oid')}`,
  `SELECT ${named('pg_proc', 'a.aggfnoid')}, jsonb_build_array(a.aggkind, a.aggtransfn::text, a.aggfinalfn::text, a.aggcombinefn::text, a.aggtranstype::regtype, a.agginitval,
      a.aggsortop::regoperator, (SELECT proparallel FROM pg_proc p WHERE p.oid = a.aggfnoid)) FROM pg_aggregate a WHERE ${own('pg_proc', 'a.aggfnoid')}`,
  `SELECT ${named('pg_language', 'l.oid')}, jsonb_build_array(l.lanpltrusted, l.lanplcallfoid::regproc::text, l.laninline::regproc::text, l.lanvalidator::regproc::text)
   FROM pg_language l WHERE ${own('pg_language', 'l.oid')}`,
  `SELECT ${named('pg_am', 'a.oid')}, jsonb_build_array(a.amhandler::text, a.amtype) FROM pg_am a WHERE ${own('pg_am', 'a.oid')}`,
  `SELECT ${named('pg_event_trigger', 'e.oid')}, jsonb_build_array(e.evtevent, e.evtfoid::regproc::text, e.evtenabled, e.evttags) FROM pg_event_trigger e`,
  `SELECT ${named('pg_publication', 'p.oid')}, to_jsonb(p) - 'oid' - 'pubowner' FROM pg_publication p`,
  `SELECT 'publication ' || pubname || ' of ' || schemaname || '.' || tablename, to_jsonb(t) FROM pg_publication_tables t`,
  `SELECT ${named('pg_publication_rel', 'r.oid')}, coalesce(to_jsonb(r) ->> 'prattrs', '') || coalesce(to_jsonb(r) ->> 'prqual', '') <> '' FROM pg_publication_rel r`,
  `SELECT ${named('pg_foreign_data_wrapper', 'f.oid')}, jsonb_build_array(f.fdwhandler::regproc::text, f.fdwvalidator::regproc::text, f.fdwoptions)
   FROM pg_foreign_data_wrapper f WHERE ${own('pg_foreign_data_wrapper', 'f.oid')}`,
  `SELECT ${named('pg_foreign_server', 's.oid')}, jsonb_build_array(s.srvtype, s.srvversion, s.srvoptions, (SELECT fdwname FROM pg_foreign_data_wrapper f WHERE f.oid = s.srvfdw))
   FROM pg_foreign_server s WHERE ${own('pg_foreign_server', 's.oid')}`,
  `SELECT 'user mapping ' || usename || ' on ' || srvname, umoptions FROM pg_user_mappings`,
  `SELECT 'extension ' || e.extname, jsonb_build_array(e.extversion, e.extnamespace::regnamespace) FROM pg_extension e`,
];
