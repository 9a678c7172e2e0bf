/** Any text as a quoted SQL name. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Any text as an SQL string constant, whatever standard_conforming_strings says. */
export function literal(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes('\\') ? ` E${quoted.replaceAll('\\', '\\\\')}` : quoted;
}

/**
 * The argument that names a database to pg_dump and psql. A bare name that holds `=` or starts with
 * `postgresql://` would be read as a connection string; one quoted inside a connection string is not.
 */
export function databaseArgument(name: string): string {
  return `--dbname=dbname='${name.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
