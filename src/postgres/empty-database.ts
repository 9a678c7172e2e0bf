/**
 * SQL that takes everything out of the database it is executed in, inside a transaction of the caller's: what
 * CREATE DATABASE from template0 brings stays, and so do extensions that this role may not drop (their configuration
 * tables are emptied, since a dump fills them), with the schemas they are in. Schema public stays and gets its usual
 * privileges. Fails at what the role may not drop.
 */
export const emptyDatabase = `
DO $empty$
DECLARE
  one record;
  mine constant text := 'objid >= 16384 AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend m
    WHERE m.classid = o.classid AND m.objid = o.objid AND m.deptype IN (''e'', ''i'', ''P'', ''S''))';
BEGIN
  -- Nobody else's transaction may keep all others waiting behind us for long.
  SET LOCAL lock_timeout = '10s';
  SET LOCAL search_path = '';
  SET LOCAL client_min_messages = warning;
  FOR one IN SELECT format('DROP EVENT TRIGGER %I', evtname) AS drop FROM pg_catalog.pg_event_trigger t
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = t.oid AND d.deptype = 'e')
  LOOP EXECUTE one.drop; END LOOP;
  FOR one IN SELECT format('DROP PUBLICATION %I', pubname) AS drop FROM pg_catalog.pg_publication
  LOOP EXECUTE one.drop; END LOOP;
  FOR one IN SELECT format('DROP EXTENSION IF EXISTS %I CASCADE', extname) AS drop FROM pg_catalog.pg_extension
    WHERE extname <> 'plpgsql' AND pg_catalog.pg_has_role(extowner, 'USAGE')
  LOOP EXECUTE one.drop; END LOOP;
  FOR one IN SELECT format('DELETE FROM %s %s', t.config::regclass, t.condition) AS empty
    FROM pg_catalog.pg_extension, unnest(extconfig, extcondition) AS t (config, condition)
    WHERE pg_catalog.has_table_privilege(t.config, 'DELETE')
      AND EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = t.config AND relkind = 'r')
  LOOP EXECUTE one.empty; END LOOP;
  FOR one IN SELECT format('DROP FOREIGN DATA WRAPPER IF EXISTS %I CASCADE', fdwname) AS drop
    FROM pg_catalog.pg_foreign_data_wrapper f
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = f.oid AND d.deptype = 'e')
    UNION ALL SELECT format('DROP SERVER IF EXISTS %I CASCADE', srvname) FROM pg_catalog.pg_foreign_server
  LOOP EXECUTE one.drop; END LOOP;
  FOR one IN SELECT format('DROP SCHEMA IF EXISTS %I CASCADE', nspname) AS drop FROM pg_catalog.pg_namespace n
    WHERE ${goingSchema('n')}
  LOOP EXECUTE one.drop; END LOOP;
  FOR one IN EXECUTE 'SELECT format(''DROP %s IF EXISTS %s CASCADE'', CASE i.type
        WHEN ''statistics object'' THEN ''STATISTICS'' ELSE upper(i.type) END, i.identity) AS drop FROM (
      SELECT ''pg_catalog.pg_class''::regclass AS classid, oid AS objid, relnamespace AS space FROM pg_catalog.pg_class
        WHERE relkind IN (''r'', ''p'', ''v'', ''m'', ''f'', ''S'')
      UNION ALL SELECT ''pg_catalog.pg_proc''::regclass, oid, pronamespace FROM pg_catalog.pg_proc
      UNION ALL SELECT ''pg_catalog.pg_type''::regclass, oid, typnamespace FROM pg_catalog.pg_type
      UNION ALL SELECT ''pg_catalog.pg_operator''::regclass, oid, oprnamespace FROM pg_catalog.pg_operator
      UNION ALL SELECT ''pg_catalog.pg_opfamily''::regclass, oid, opfnamespace FROM pg_catalog.pg_opfamily
      UNION ALL SELECT ''pg_catalog.pg_opclass''::regclass, oid, opcnamespace FROM pg_catalog.pg_opclass
      UNION ALL SELECT ''pg_catalog.pg_collation''::regclass, oid, collnamespace FROM pg_catalog.pg_collation
      UNION ALL SELECT ''pg_catalog.pg_conversion''::regclass, oid, connamespace FROM pg_catalog.pg_conversion
      UNION ALL SELECT ''pg_catalog.pg_ts_config''::regclass, oid, cfgnamespace FROM pg_catalog.pg_ts_config
      UNION ALL SELECT ''pg_catalog.pg_ts_dict''::regclass, oid, dictnamespace FROM pg_catalog.pg_ts_dict
      UNION ALL SELECT ''pg_catalog.pg_ts_template''::regclass, oid, tmplnamespace FROM pg_catalog.pg_ts_template
      UNION ALL SELECT ''pg_catalog.pg_ts_parser''::regclass, oid, prsnamespace FROM pg_catalog.pg_ts_parser
      UNION ALL SELECT ''pg_catalog.pg_statistic_ext''::regclass, oid, stxnamespace FROM pg_catalog.pg_statistic_ext
      UNION ALL SELECT ''pg_catalog.pg_cast''::regclass, oid, 0 FROM pg_catalog.pg_cast
      UNION ALL SELECT ''pg_catalog.pg_transform''::regclass, oid, 0 FROM pg_catalog.pg_transform
      UNION ALL SELECT ''pg_catalog.pg_language''::regclass, oid, 0 FROM pg_catalog.pg_language
      UNION ALL SELECT ''pg_catalog.pg_am''::regclass, oid, 0 FROM pg_catalog.pg_am) o
    CROSS JOIN LATERAL pg_catalog.pg_identify_object(o.classid, o.objid, 0) i WHERE ' || mine
  LOOP EXECUTE one.drop; END LOOP;
  FOR one IN SELECT format('ALTER DEFAULT PRIVILEGES FOR ROLE %I %s %s ON %s %s %s',
      pg_catalog.pg_get_userbyid(defaclrole), 'IN SCHEMA ' || quote_ident(nspname), step, kind,
      CASE step WHEN 'GRANT ALL' THEN 'TO' ELSE 'FROM' END, whom) AS reset
    FROM pg_catalog.pg_default_acl LEFT JOIN pg_catalog.pg_namespace n ON n.oid = defaclnamespace
    CROSS JOIN LATERAL (SELECT CASE defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES'
      WHEN 'f' THEN 'FUNCTIONS' WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' ELSE 'LARGE OBJECTS' END) AS k (kind)
    CROSS JOIN LATERAL (
      SELECT 1 AS turn, 'REVOKE ALL' AS step, CASE grantee WHEN 0 THEN 'PUBLIC'
        ELSE quote_ident(pg_catalog.pg_get_userbyid(grantee)) END AS whom
      FROM pg_catalog.aclexplode(defaclacl) GROUP BY grantee
      UNION ALL SELECT 2, 'GRANT ALL', quote_ident(pg_catalog.pg_get_userbyid(defaclrole)) WHERE defaclnamespace = 0
      UNION ALL SELECT 2, 'GRANT ALL', 'PUBLIC' WHERE defaclnamespace = 0 AND defaclobjtype IN ('f', 'T')) AS s
    ORDER BY turn
  LOOP EXECUTE one.reset; END LOOP;
  CREATE SCHEMA IF NOT EXISTS public;
  PERFORM pg_catalog.lo_unlink(oid) FROM pg_catalog.pg_largeobject_metadata;
  FOR one IN SELECT nspowner, nspacl FROM pg_catalog.pg_namespace
    WHERE nspname = 'public' AND pg_catalog.pg_has_role(nspowner, 'USAGE')
  LOOP
    COMMENT ON SCHEMA public IS 'standard public schema';
    FOR one IN SELECT DISTINCT CASE grantee WHEN 0 THEN 'PUBLIC'
        ELSE quote_ident(pg_catalog.pg_get_userbyid(grantee)) END AS grantee
      FROM pg_catalog.aclexplode(one.nspacl) WHERE grantee <> one.nspowner
    LOOP EXECUTE format('REVOKE ALL ON SCHEMA public FROM %s CASCADE', one.grantee); END LOOP;
    GRANT USAGE ON SCHEMA public TO PUBLIC;
    IF current_setting('server_version_num')::int < 150000 THEN GRANT CREATE ON SCHEMA public TO PUBLIC; END IF;
  END LOOP;
END $empty$;
SET lock_timeout = 0;
`;

/** Whether a schema would be dropped as a whole: it is this role's, and no extension that stays is in it. */
function goingSchema(n: string): string {
  return `${n}.oid >= 16384 AND ${n}.nspname <> 'public' AND ${n}.nspname NOT LIKE 'pg\\_%' AND pg_catalog.pg_has_role(${n}.nspowner, 'USAGE')
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_extension e WHERE e.extnamespace = ${n}.oid AND ${stays('e')})
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
      WHERE d.objid = ${n}.oid AND d.deptype = 'e' AND ${stays('e')})`;
}

function stays(e: string): string {
  return `(${e}.extname = 'plpgsql' OR NOT pg_catalog.pg_has_role(${e}.extowner, 'USAGE'))`;
}

/** SELECT: what `emptyDatabase` leaves in a database, as `kind` (`schema` or `extension`) and `name`. */
export const leftInDatabase = `
  SELECT 'extension' AS kind, extname AS name FROM pg_catalog.pg_extension e WHERE ${stays('e')}
  UNION ALL SELECT 'schema', nspname FROM pg_catalog.pg_namespace n
  WHERE n.oid >= 16384 AND n.nspname NOT LIKE 'pg\\_%' AND NOT (${goingSchema('n')})`;
