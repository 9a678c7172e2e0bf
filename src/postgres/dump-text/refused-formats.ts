import { shellWord } from './plain-dump.ts';

/** The beginning of a file. */
export interface FileHead {
  readonly path: string;
  /** At least the first 512 bytes if there are as many; of what it holds when it is gzip. */
  readonly bytes: Buffer;
  readonly gzip?: boolean;
  /** The names in it, when it is a folder. */
  readonly entries?: readonly string[];
}

/** What a file is if it is no dump, and the command that makes one of it; undefined for what may be a plain dump. */
export function refusedFormat(head: FileHead): { what: string; hint: string } | undefined {
  if (head.entries) return folder(head.entries);
  if (head.bytes.length === 0) return { what: 'empty', hint: newBackup };
  const found = formats.find(({ magic, at = 0 }) =>
    head.bytes.subarray(at, at + magic.length).equals(Buffer.from(magic, 'latin1')),
  );
  if (!found) return undefined;
  const file = shellWord(head.path);
  const unpacked = head.gzip ? `gunzip -c ${file} > unpacked && ` : '';
  return {
    what: `${found.what}${head.gzip ? ' inside gzip' : ''}`,
    hint: found.hint(head.gzip ? 'unpacked' : file, unpacked),
  };
}

const newBackup =
  'Restore an older backup from "db-orchestrate list", or make a new one with "db-orchestrate backup".';
const notPostgres = () => 'Only PostgreSQL dumps can be restored; convert it first, e.g. with pgloader.';

const plainFrom = (command: string) => (file: string, first: string) =>
  `Make a plain dump of it first: ${first}${command.replace('FILE', file)} > dump.sql`;
const decrypt = () => 'Decrypt it first, with the program and the key that encrypted it.';
const utf16 = plainFrom('iconv -f UTF-16 -t UTF-8 FILE');
const utf16Hint = (file: string, first: string) =>
  `${utf16(file, first)} (Windows PowerShell writes such files with ">"; letters outside its code page are lost then, and "pg_dump -f FILE" keeps them.)`;

const formats: readonly {
  magic: string;
  at?: number;
  what: string;
  hint: (file: string, first: string) => string;
}[] = [
  {
    magic: 'ustar',
    at: 257,
    what: 'a tar archive',
    hint: file => `Look what is in it, and unpack the dump: tar -tf ${file}`,
  },
  { magic: '(\xb5/\xfd', what: 'compressed with zstd', hint: plainFrom('zstd -dc FILE') },
  { magic: '\xfd7zXZ\0', what: 'compressed with xz', hint: plainFrom('xz -dc FILE') },
  { magic: 'BZh', what: 'compressed with bzip2', hint: plainFrom('bzip2 -dc FILE') },
  { magic: '\x04"M\x18', what: 'compressed with lz4', hint: plainFrom('lz4 -dc FILE') },
  { magic: '\x1f\x9d', what: 'compressed with compress', hint: plainFrom('uncompress -c FILE') },
  { magic: '\x1f\x8b', what: 'gzip', hint: plainFrom('gunzip -c FILE') },
  { magic: 'PK\x03\x04', what: 'a zip archive', hint: plainFrom('unzip -p FILE') },
  { magic: "7z\xbc\xaf'\x1c", what: 'a 7z archive', hint: plainFrom('7z x -so FILE') },
  { magic: 'age-encryption.org/', what: 'encrypted with age', hint: decrypt },
  { magic: '-----BEGIN PGP MESSAGE', what: 'encrypted with PGP', hint: decrypt },
  { magic: 'Salted__', what: 'encrypted with openssl', hint: decrypt },
  { magic: 'SQLite format 3\0', what: 'a database of SQLite', hint: notPostgres },
  { magic: 'TAPE', what: 'a backup of SQL Server', hint: notPostgres },
  { magic: '\x6d\xe2\x99\x81', what: 'an archive of MongoDB', hint: notPostgres },
  { magic: 'REDIS0', what: 'a snapshot of Redis', hint: notPostgres },
  { magic: '\xff\xfe', what: 'text in UTF-16', hint: utf16Hint },
  { magic: '\xfe\xff', what: 'text in UTF-16', hint: utf16Hint },
  { magic: '-\0-\0', what: 'text in UTF-16', hint: utf16Hint },
];

function folder(entries: readonly string[]): { what: string; hint: string } {
  if (entries.includes('PG_VERSION'))
    return {
      what: "a server's data folder",
      hint: 'Start a server of the same major version on a copy of it, and dump that: pg_dump -O -x DATABASE > dump.sql',
    };
  return { what: 'a folder', hint: 'Name a file in it; db-orchestrate list shows the backups.' };
}
