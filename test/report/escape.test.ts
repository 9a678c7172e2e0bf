import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { escapeLines, escapeText } from '../../src/report/escape.ts';

test('no text can move the cursor, ring the bell, forge a line or turn the reading direction', () => {
  assert.equal(
    escapeText('a\x1b[2Jb\x07\r\n\tc\u202ed\x9b'),
    'a\\u{1b}[2Jb\\u{7}\\r\\n\\tc\\u{202e}d\\u{9b}',
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      assert.doesNotMatch(escapeText(text), /[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]/u);
    }),
  );
});

test('letters of all scripts stay, and messages keep their lines', () => {
  assert.equal(escapeText('é 数据库 🐘 "x" \\'), 'é 数据库 🐘 "x" \\');
  assert.equal(escapeLines('one\ntwo\x1b'), 'one\ntwo\\u{1b}');
});
