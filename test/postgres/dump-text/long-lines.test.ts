import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createDumpCheck } from '../../../src/postgres/dump-text/check-dump.ts';
import { dump, tail } from './dump-texts.ts';

const mebibyte = Buffer.alloc(1024 * 1024, 'x');

describe('A line longer than the longest string', () => {
  it('is one row, and is held in no memory', () => {
    const before = process.memoryUsage().rss;
    const { tables } = checkLong('COPY t (a) FROM stdin;\n', '\nshort\n\\.\n');
    assert.deepEqual(tables, [{ name: 't', rows: 2, bytes: 600 * mebibyte.length + '\nshort\n'.length }]);
    assert.ok(process.memoryUsage().rss - before < 50 * 1024 * 1024);
  });

  it('is one literal', () => {
    assert.equal(checkLong("INSERT INTO t VALUES ('", "');\n").tables[0]?.rows, 1);
  });

  it('is refused where no such line can be', () => {
    assert.throws(() => checkLong('-- ', '\n'), { message: /^a line or name without an end at line 8$/ });
    assert.throws(() => checkLong('CREATE TABLE t', ' ();\n'), {
      message: /^a line or name without an end at line 8$/,
    });
  });
});

/** 600 MiB between a beginning and an end. */
function checkLong(start: string, end: string) {
  const check = createDumpCheck();
  check.push(Buffer.from(dump('').replace(tail, () => start)));
  for (let count = 0; count < 600; count += 1) check.push(mebibyte);
  check.push(Buffer.from(end + tail));
  return check.end();
}
