import { globalsName } from '../catalog/manifest.ts';
import type { BackupContents } from '../operations/show.ts';
import { shellWord } from '../postgres/dump-text/plain-dump.ts';

/** How to restore a backup without this tool, line by line. */
export function withoutTool(contents: BackupContents): string[] {
  const { file, format } = contents;
  const restore =
    format.kind === 'plain'
      ? [...text(contents), psql]
      : [...unzip(contents), `pg_restore --exit-on-error --dbname=NEW${archive(contents)}`];
  const lines = [
    'Without this tool, into a new database:',
    ...(file.manifest?.globals ? [`  psql -X -d postgres -f ${shellWord(globalsName(file.path))}`] : []),
    `  ${createdb(contents)}`,
    `  ${restore.join(' | ')}`,
  ];
  if (file.manifest?.globals)
    lines.push(
      'The first is for roles that are missing on the server; it goes on after errors of those that exist.',
    );
  if (file.facts.setAside.length > 0)
    lines.push(
      'Other programs wrote lines among its statements, which psql does not take: remove them first.',
    );
  if (format.kind !== 'plain')
    return [...lines, 'Owners and grants come with it: add -O -x to leave them out.'];
  if (file.facts.access.length === 0) return lines;
  const access = [...text(contents), `awk ${shellWord(lastBlock)}`, psql].join(' | ');
  return [
    ...lines,
    'Its owners and grants are comments in it; where the roles exist, bring them back with:',
    `  ${access}`,
  ];
}

const psql = 'psql -X -v ON_ERROR_STOP=1 -d NEW';

/** Prints the statements that follow the last line which is no comment: rows may hold lines that look like them. */
const lastBlock = '/^--[+] /{t=t substr($0,5) "\\n";next} !/^--|^$|^.unrestrict /{t=""} END{printf "%s",t}';

function text(contents: BackupContents): string[] {
  const { file, format } = contents;
  const read = format.gzip ? unzip(contents) : [`cat ${shellWord(file.path)}`];
  // A terminal's line ends: one carriage return before each newline, also inside values.
  return file.facts.lineEnds === 'crlf' ? [...read, "sed 's/\\r$//'"] : read;
}

function unzip({ file, format }: BackupContents): string[] {
  return format.gzip ? [`gunzip -c ${shellWord(file.path)}`] : [];
}

function archive({ file, format }: BackupContents): string {
  return format.gzip ? '' : ` ${shellWord(file.path)}`;
}

function createdb({ file }: BackupContents): string {
  const encoding = file.manifest?.database.encoding ?? file.facts.encoding;
  return `createdb -T template0${encoding ? ` -E ${shellWord(encoding)}` : ''} NEW`;
}
