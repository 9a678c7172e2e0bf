import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';

/**
 * Makes of a backup one whose rows of some tables are gzip members of their own between the schema with the other rows
 * and what builds on them; of the first of these tables the rows are in two. Stored without compression: a part with
 * other letters in it is as long as it was.
 */
export function putInParts(path: string, tables: readonly string[]): { readonly starts: readonly number[] } {
  let text = gunzipSync(readFileSync(path)).toString('latin1');
  const middle = tables.map(table => {
    const block = new RegExp(`^COPY ${table.replaceAll('.', '\\.')} [^]*?^\\\\\\.\\n`, 'm').exec(text)?.[0];
    if (!block) throw new Error(`there are no rows of ${table}`);
    text = text.replace(block, () => '');
    return `--\n-- Rows alone\n--\n\n${block}\n`;
  });
  const cut = middle[0]!.indexOf('\n', middle[0]!.length / 2) + 1;
  middle.splice(0, 1, middle[0]!.slice(0, cut), middle[0]!.slice(cut));
  const end = /^--\n-- Name: .*; Type: (?:CONSTRAINT|INDEX)/m.exec(text)?.index ?? 0;
  const texts = [text.slice(0, end), ...middle, text.slice(end)].map(part => Buffer.from(part, 'latin1'));
  const members = texts.map(part => gzipSync(part, { level: 0 }));
  const stored = Buffer.concat(members);
  const manifest = JSON.parse(readFileSync(`${path}.json`, 'utf8'));
  manifest.parts = texts.map((part, index) => ({ bytes: members[index]!.length, rawBytes: part.length }));
  manifest.bytes = stored.length;
  manifest.rawBytes = texts.reduce((sum, part) => sum + part.length, 0);
  manifest.sha256 = createHash('sha256').update(stored).digest('hex');
  writeFileSync(path, stored);
  writeFileSync(`${path}.json`, JSON.stringify(manifest));
  const starts = members.map((_, index) => members.slice(0, index).reduce((sum, one) => sum + one.length, 0));
  return { starts };
}
