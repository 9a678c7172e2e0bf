import { globalsName } from '../catalog/manifest.ts';
import type { RunContext } from '../contract/run-context.ts';
import type { TableContents } from '../operations/file/rows-by-table.ts';
import type { BackupContents } from '../operations/show.ts';
import { escapeText } from './escape.ts';
import { withoutTool } from './restore-by-hand.ts';
import { table } from './table.ts';
import { ageInWords, dateInWords, pathInWords, sizeInWords } from './words.ts';

/** What is in a backup, as a person reads it. */
export function describeContents(contents: BackupContents, { now, cwd }: RunContext): string {
  const { file, backup, tables } = contents;
  const { facts, manifest, startedAt } = file;
  const versions = versionsOf(contents);
  const rows = tables.reduce((sum, one) => sum + one.rows, 0);
  const lines: [string, string | undefined][] = [
    ['file', pathInWords(file.path, cwd)],
    ['size', `${sizeInWords(contents.bytes)}, ${sizeInWords(facts.bytes)} of SQL`],
    ['made', startedAt && `${dateInWords(startedAt)} (${ageInWords(startedAt, now())})`],
    ['target', backup?.target],
    ['database', databaseInWords(contents)],
    ['label', manifest?.label],
    ['origin', manifest?.origin],
    ['versions', versionsInWords(versions)],
    ['commit', manifest?.git && `${manifest.git.commit}${branch(manifest.git.branch)}`],
    ['proof', proofInWords(contents)],
    ['extensions', extensionsOf(contents).map(nameAndVersion).join(', ') || 'none'],
    ['left out', leftOutOf(contents)],
    ['beside it', globalsOf(contents, cwd)],
    ['holds', `${tables.length} tables with ${rows} rows, ${facts.largeObjects} large objects`],
  ];
  const known = lines.filter((line): line is [string, string] => line[1] !== undefined);
  const head = known.map(([what, value]) => escapeText(`${what.padEnd(11)} ${value}`));
  const tablesPart = tables.length > 0 ? ['', tableOf(tables).trimEnd()] : [];
  return `${[...head, ...tablesPart, '', ...withoutTool(contents).map(escapeText)].join('\n')}\n`;
}

/** The same for scripts. */
export function contentsDocument(contents: BackupContents) {
  const { file, backup, bytes, tables } = contents;
  const { facts, manifest, path, startedAt } = file;
  const versions = versionsOf(contents);
  return {
    path,
    id: backup?.id ?? null,
    target: backup?.target ?? null,
    database: manifest?.database.name ?? null,
    bytes,
    rawBytes: facts.bytes,
    startedAt: startedAt?.toISOString() ?? null,
    label: manifest?.label ?? null,
    origin: manifest?.origin ?? null,
    serverVersion: versions.server ?? null,
    dumpVersion: versions.dump ?? null,
    extensions: extensionsOf(contents),
    largeObjects: facts.largeObjects,
    tables,
    leftOut: manifest?.leftOut ?? [],
    proof: manifest?.proof ?? null,
    globals: globalsPath(contents) ?? null,
    git: manifest?.git ?? null,
  };
}

function tableOf(tables: readonly TableContents[]): string {
  const cells = (of: (table: TableContents) => string, header: string) => {
    const values = [header, ...tables.map(of)];
    const width = Math.max(...values.map(value => value.length));
    return values.map(value => value.padStart(width));
  };
  const rows = cells(one => String(one.rows), 'ROWS');
  const sizes = cells(one => sizeInWords(one.bytes), 'SIZE');
  const lines = tables.map((one, index) => [one.name, rows[index + 1]!, sizes[index + 1]!]);
  return table(['TABLE', rows[0]!, sizes[0]!], lines);
}

/** The manifest has the text's own numbers shorter, "15.18" for "15.18 (Debian 15.18-0+deb12u1)". */
function versionsInWords({ server, dump }: ReturnType<typeof versionsOf>): string {
  // An older server may not accept all that it wrote, not even the one that it was made of.
  const newer = Number.parseInt(dump ?? '', 10) > Number.parseInt(server ?? '', 10);
  return `server ${server ?? 'unknown'}, pg_dump ${dump ?? 'unknown'}${newer ? ', newer than the server' : ''}`;
}

function versionsOf({ file: { facts, manifest } }: BackupContents) {
  return {
    server: manifest?.serverVersion ?? facts.serverVersion,
    dump: manifest?.dumpVersion ?? facts.pgDumpVersion,
  };
}

function extensionsOf({ file: { facts, manifest } }: BackupContents) {
  const known = manifest?.extensions.map(({ name, version }) => ({ name, version }));
  return known ?? facts.extensions.map(name => ({ name, version: null }));
}

function nameAndVersion({ name, version }: { name: string; version: string | null }): string {
  return version === null ? name : `${name} ${version}`;
}

function databaseInWords({ file: { facts, manifest } }: BackupContents): string | undefined {
  if (!manifest) return facts.encoding && `unknown (${facts.encoding})`;
  const { name, encoding, collate, locale, owner } = manifest.database;
  return `${name} (${encoding}, locale ${locale ?? collate}, owner ${owner})`;
}

function proofInWords({ file: { manifest } }: BackupContents): string | undefined {
  if (!manifest) return undefined;
  const { proof } = manifest;
  return proof === null ? 'none yet' : `${proof.level}, ${dateInWords(new Date(proof.at))}`;
}

function globalsPath({ file: { manifest, path } }: BackupContents): string | undefined {
  return manifest?.globals && globalsName(path);
}

function globalsOf(contents: BackupContents, cwd: string): string | undefined {
  const path = globalsPath(contents);
  const passwords = contents.file.manifest?.globals?.passwords ? 'with' : 'without';
  return path && `${pathInWords(path, cwd)}: roles (${passwords} password hashes) and tablespaces`;
}

function leftOutOf({ file: { manifest } }: BackupContents): string | undefined {
  if (!manifest || manifest.leftOut.length === 0) return undefined;
  return manifest.leftOut.map(({ what, name }) => (what === 'rows' ? `rows of ${name}` : name)).join(', ');
}

function branch(name: string | null): string {
  return name === null ? '' : ` (${name})`;
}
