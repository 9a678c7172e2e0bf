/** The command that makes a plain dump of an archive. */
export function plainDumpCommand(archive: string): string {
  return `pg_restore -f - ${shellWord(archive)} > dump.sql`;
}

export function shellWord(text: string): string {
  return /^[\w./@%+=:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
