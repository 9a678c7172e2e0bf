import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { incomingName, incomingRun, undoName, undoTime } from '../../src/postgres/database-names.ts';

const legal = fc.string({ unit: 'binary' }).filter(name => !name.includes('\0') && isLegal(name));

function isLegal(name: string): boolean {
  const bytes = Buffer.from(name);
  return bytes.length > 0 && bytes.length <= 63 && bytes.toString() === name;
}

test('any legal name gives names of at most 63 bytes and whole characters, that are told apart', () => {
  fc.assert(
    fc.property(legal, name => {
      for (const made of [incomingName(name, '0123abcd'), undoName(name, new Date(2026, 10, 23, 5, 42))]) {
        assert.ok(isLegal(made));
        assert.notEqual(made, name);
      }
      assert.equal(incomingRun(incomingName(name, '0123abcd')), '0123abcd');
      assert.equal(
        undoTime(undoName(name, new Date(2026, 10, 23, 5, 42)), name)?.getTime(),
        +new Date(2026, 10, 23, 5, 42),
      );
    }),
  );
});

test('names of 63 bytes that begin alike are kept under names of their own', () => {
  const [a, b] = [`${'x'.repeat(62)}a`, `${'x'.repeat(62)}b`];
  const at = new Date();
  assert.notEqual(undoName(a, at), undoName(b, at));
  assert.equal(undoTime(undoName(a, at), b), undefined);
});

test('a name that a person gave is none of ours, however much it looks like one', () => {
  for (const name of [
    'x_restore_20261123',
    'app_restoring_',
    'app_restoring_0123abcd_0123ab',
    `${'x'.repeat(35)}_restoring_0123abcd_0123ab`,
    `${incomingName('app', '0123abcd')}_`,
    `x${incomingName('app', '0123abcd')}`,
  ])
    assert.equal(incomingRun(name), undefined, name);
  for (const name of ['app_undo_20261123_054200', 'app_undo_20261123_054200_0123ab', 'app'])
    assert.equal(undoTime(name, 'app'), undefined, name);
});
