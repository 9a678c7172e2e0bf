import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dump, refusalOf, tail } from './dump-texts.ts';

const refusals: Record<string, [text: string, message: RegExp]> = {
  'an empty text': ['', /^the dump is incomplete: its closing line is missing$/],
  'a dump without its closing line': [
    dump('').replace(tail, ''),
    /^the dump is incomplete: its closing line is missing$/,
  ],
  'a dump that ends inside rows': [
    '--\n-- PostgreSQL database dump\n--\nCOPY t (a) FROM stdin;\n1\n',
    /^the dump is incomplete: it ends inside the rows of a table at line 6$/,
  ],
  'a dump that ends inside a statement': [
    '--\n-- PostgreSQL database dump\n--\nCREATE TABLE t (\n',
    /^the dump is incomplete: it ends inside the statement that begins at line 4$/,
  ],
  'a dump that ends inside a line': [
    dump('').slice(0, -2),
    /^the dump is incomplete: it ends inside line 10$/,
  ],
  'statements behind the closing line': [
    `${dump('')}CREATE TABLE t ();\n`,
    /^the dump is incomplete: its closing line is missing$/,
  ],
  'a closing line among the rows': [
    dump('').replace(tail, `COPY t (a) FROM stdin;\n${tail}\\.\n`),
    /^the dump is incomplete/,
  ],
  'a closing line in a literal': [
    dump('').replace(tail, `COMMENT ON TABLE t IS '\n${tail}';\n`),
    /^the dump is incomplete/,
  ],
  'a closing line that is torn apart': [
    dump('').replace('complete\n--', 'complete\n\n--'),
    /^the dump is incomplete/,
  ],
  'a missing \\unrestrict': [
    restricted('K3Y', ''),
    /^the dump is incomplete: its last line, \\unrestrict, is missing$/,
  ],
  'an \\unrestrict with another key': [
    restricted('K3Y', '\\unrestrict X\n'),
    /^psql meta-command at line 13: \\unrestrict X$/,
  ],
  'an \\unrestrict before the end': [
    restricted('K3Y', '').replace('SET', '\\unrestrict K3Y\nSET'),
    /^psql meta-command at line 6/,
  ],
  'anything behind the \\unrestrict': [
    restricted('K3Y', '\\unrestrict K3Y\n\\! x\n'),
    /^psql meta-command at line 14: \\! x$/,
  ],
  'a statement behind the \\unrestrict': [
    restricted('K3Y', '\\unrestrict K3Y\nCREATE TABLE t ();\n'),
    /^more text behind the end of the dump at line 14$/,
  ],
  'a second \\restrict': [
    restricted('K3Y', '').replace('\nSET', '\\restrict K3Y\nSET'),
    /^psql meta-command/,
  ],
  'a \\restrict with more than a key': [restricted('K3Y x', ''), /^psql meta-command/],
  'mixed line ends, CRLF first': [
    dump('CREATE TABLE t ();\n').replace('\n', '\r\n'),
    /^line ends are mixed: no carriage return at the end of line 2$/,
  ],
  'mixed line ends, LF first': [
    dump('CREATE TABLE t ();\r\n'),
    /^line ends are mixed: a carriage return at line 8$/,
  ],
};

describe('A dump that is not whole', () => {
  for (const [what, [text, message]] of Object.entries(refusals)) {
    it(`is refused: ${what}`, () => {
      for (const sizes of [[65536], [1]]) assert.match(refusalOf(text, sizes) ?? 'accepted', message);
    });
  }
});

function restricted(key: string, end: string): string {
  return dump('').replace('--\n\nSET', `--\n\n\\restrict ${key}\nSET`) + end;
}
