/**
 * What the sessions that load a new database are set to, as SQL text. A commit does not wait for the disk: the swap's
 * does, and that flushes all that was written to the log before it, so nothing that was loaded can be lost once the
 * swap is there. What a role or a database has set must not end a session that waits for the others. Autovacuum, which
 * holds locks on what has just been loaded, gives way to who has waited as long as `deadlock_timeout`, a second by default.
 */
export function quickSettings(jobs: number): string {
  const memory = Math.floor(memoryOfAll / jobs);
  return `SELECT pg_catalog.set_config(name, value, false)
    FROM pg_catalog.pg_settings JOIN (VALUES ('synchronous_commit', 'off'), ('idle_session_timeout', '0'),
      ('idle_in_transaction_session_timeout', '0'), ('maintenance_work_mem', '${memory}'), ('deadlock_timeout', '20'))
      AS quick (setting_name, value) ON name = setting_name
    WHERE (name <> 'maintenance_work_mem' OR setting::pg_catalog.int8 < ${memory})
      AND (name <> 'deadlock_timeout' OR (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user));\n`;
}

/**
 * How many workers of the server may help a session to build one index, as SQL text: where several sessions build, each with
 * workers, they take the processors from one another. A lower setting of the server's stays.
 */
export function parallelWorkers(most: number): string {
  return `SELECT pg_catalog.set_config(name, least(reset_val::pg_catalog.int4, ${most})::pg_catalog.text, false)
    FROM pg_catalog.pg_settings WHERE name = 'max_parallel_maintenance_workers';\n`;
}

/** For indexes that are built at the same time, in kB, as the setting is; a larger one of the server's stays. */
const memoryOfAll = 256 * 1024;
