/**
 * Lines for the postgresql.conf of a throwaway server: quick, since nobody needs what is in it after a crash, and with
 * room for the locks of a pg_dump of many thousand tables. `more` wins. Throws when a name or value can be no setting.
 */
export function scratchSettings(more: Readonly<Record<string, string>>): string {
  return Object.entries({ ...quick, ...more })
    .map(([name, value]) => `${checked(name)} = '${escaped(value)}'`)
    .join('\n');
}

const quick = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '8GB',
  checkpoint_timeout: '1h',
  autovacuum: 'off',
  jit: 'off',
  max_locks_per_transaction: '1024',
  maintenance_work_mem: '256MB',
};

function checked(name: string): string {
  if (/^[a-z_][\w$]*(\.[a-z_][\w$]*)?$/i.test(name)) return name;
  throw new Error(`${JSON.stringify(name)} is no name of a setting`);
}

/** A line of the file ends where the line ends, whatever quotes are open. */
function escaped(value: string): string {
  if (value.includes('\0')) throw new Error('a setting cannot hold a NUL character');
  return value.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll('\n', '\\n').replaceAll('\r', '\\r');
}
