/**
 * What the sessions that load a new database are set to, as SQL text. A commit does not wait for the disk: the swap's
 * does, and that flushes all that was written to the log before it, so nothing that was loaded can be lost once the
 * swap is there. What a role or a database has set must not end a session that waits for the others.
 */
export function quickSettings(jobs: number): string {
  const memory = Math.floor(memoryOfAll / jobs);
  return `SELECT pg_catalog.set_config(name, CASE name WHEN 'maintenance_work_mem' THEN '${memory}' WHEN 'synchronous_commit' THEN 'off' ELSE '0' END, false)
    FROM pg_catalog.pg_settings
    WHERE name IN ('synchronous_commit', 'idle_session_timeout', 'idle_in_transaction_session_timeout')
      OR name = 'maintenance_work_mem' AND setting::pg_catalog.int8 < ${memory};\n`;
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
