import { privileges } from './words.ts';

const here = 'FROM pg_database d WHERE d.datname = current_database()';

/** The database's own properties, which no plain dump holds, and its large objects. */
export const databaseQueries = [
  `SELECT 'database', jsonb_build_object('encoding', pg_encoding_to_char(d.encoding), 'collate', d.datcollate, 'ctype', d.datctype, 'provider', to_jsonb(d) ->> 'datlocprovider',
      'locale', coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale'), 'connection limit', d.datconnlimit, 'template', d.datistemplate, 'connections', d.datallowconn) ${here}`,
  `SELECT 'owner of the database', pg_get_userbyid(d.datdba) ${here}`,
  `SELECT 'privileges on the database', ${privileges('d.datacl', 'd', 'd.datdba')} ${here}`,
  `SELECT 'comment on the database', to_jsonb(shobj_description(d.oid, 'pg_database')) ${here}`,
  `SELECT 'settings of the database for ' || CASE s.setrole WHEN 0 THEN 'all' ELSE pg_get_userbyid(s.setrole) END, (SELECT jsonb_agg(c ORDER BY c) FROM unnest(s.setconfig) c)
   FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase WHERE d.datname = current_database()`,
  `SELECT 'content of large object ' || l.oid, length(lo_get(l.oid)) || ' bytes ' || md5(lo_get(l.oid)) FROM pg_largeobject_metadata l`,
];
