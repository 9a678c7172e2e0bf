import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createDumpReader } from '../../../src/postgres/dump-text/dump-reader.ts';
import { factsOf, fixture, fixtures, refusalOf } from './dump-texts.ts';

const oddTable = '"Odd Schema"."we;ird ""tab\\le""\n\\! touch pwned"';
const rows = [
  [oddTable, 1],
  ['public.child_b', 2],
  ['public.child_rest', 1],
  ['public.generated', 3],
  ['public.no_columns', 2],
  ['public.plain', 13],
];

describe('A dump that pg_dump wrote', () => {
  for (const name of fixtures) {
    const bytes = fixture(name);

    it(`tells its tables, large objects, extensions, roles and versions: ${name}`, () => {
      const facts = factsOf(bytes);
      assert.deepEqual(
        facts.tables.map(table => [table.name, table.rows]),
        rows,
      );
      assert.equal(
        facts.tables.every(table => table.inserts),
        name === 'inserts.sql',
      );
      assert.deepEqual(facts.extensions, ['file_fdw', 'uuid-ossp']);
      assert.deepEqual(
        facts.roles.filter(role => role !== 'postgres'),
        ['dump_owner', 'dump "reader"'],
      );
      assert.equal(facts.largeObjects, 2);
      assert.equal(facts.bytes, bytes.length);
      assert.equal(facts.encoding, 'UTF8');
      assert.match(facts.serverVersion ?? '', /^1[58]\.\d+ /);
      assert.equal(facts.pgDumpVersion, facts.serverVersion);
    });

    it(`names its \\restrict and \\unrestrict lines, and only those of the head and the tail: ${name}`, () => {
      const { drop } = factsOf(bytes);
      const dropped = drop.map(({ start, end }) => bytes.subarray(start, end).toString());
      assert.deepEqual(dropped, ['\\restrict K3Y\n', '\\unrestrict K3Y\n']);
    });

    it(`says the same however it is cut: ${name}`, () => {
      const whole = factsOf(bytes);
      assert.deepEqual(factsOf(bytes, [1]), whole);
      fc.assert(
        fc.property(fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1 }), sizes => {
          assert.deepEqual(factsOf(bytes, sizes), whole);
        }),
        { numRuns: 50 },
      );
    });

    it(`says the same with the line ends of a terminal: ${name}`, () => {
      const { lineEnds, bytes: length, ...facts } = factsOf(bytes);
      const crlf = Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
      const { lineEnds: crlfEnds, bytes: crlfLength, ...crlfFacts } = factsOf(crlf, [1000, 1, 7]);
      assert.deepEqual(crlfFacts, facts);
      assert.deepEqual([lineEnds, crlfEnds], ['lf', 'crlf']);
      assert.deepEqual([length, crlfLength], [bytes.length, crlf.length]);
    });

    it(`has every statement between the offsets that are told: ${name}`, () => {
      let end = 0;
      const reader = createDumpReader({
        onRestriction() {},
        onStatement(statement) {
          assert.ok(statement.offset >= end);
          ({ end } = statement);
          assert.ok(!statement.truncated);
          assert.equal(bytes.subarray(statement.offset, end).toString(), `${statement.text}\n`);
          assert.equal(bytes.subarray(0, statement.offset).toString().split('\n').length, statement.line);
        },
        onCopyEnd(copy) {
          assert.equal(bytes.subarray(copy.offset, copy.end).toString(), '\\.\n');
          ({ end } = copy);
        },
      });
      for (let at = 0; at < bytes.length; at += 1000) reader.push(bytes.subarray(at, at + 1000));
      reader.end();
      assert.ok(end > 0);
    });

    it(`is refused when it is cut off anywhere: ${name}`, () => {
      const lastByte = bytes.lastIndexOf('K3Y\n') + 3;
      // Every byte of one of them: each cut is a whole check.
      const step = name === 'copy.sql' ? 1 : 17;
      for (let length = 0; length <= lastByte; length += step) {
        const refusal = refusalOf(bytes.subarray(0, length));
        assert.match(refusal ?? 'accepted', /^the dump is incomplete: /, `${length} bytes`);
      }
    });

    it(`is refused with a meta-command on a line between its statements, and not inside its rows: ${name}`, () => {
      const { between, inRows } = lineStarts(bytes);
      assert.ok(between.length > 200);
      for (const at of between)
        assert.match(refusalOf(withCommand(bytes, at)) ?? 'accepted', /^psql meta-command/);
      for (const at of inRows) assert.equal(refusalOf(withCommand(bytes, at)), undefined);
    });
  }
});

function withCommand(bytes: Buffer, at: number): Buffer {
  return Buffer.concat([bytes.subarray(0, at), Buffer.from('\\! touch pwned\n'), bytes.subarray(at)]);
}

function lineStarts(bytes: Buffer): { between: number[]; inRows: number[] } {
  const statements: { offset: number; end: number }[] = [];
  const rows: { start: number; end: number }[] = [];
  let position = 0;
  const reader = createDumpReader({
    onRestriction() {},
    onStatement({ offset, end }) {
      statements.push({ offset, end });
      position = end;
    },
    onCopyEnd({ offset, end }) {
      rows.push({ start: position, end: offset });
      position = end;
    },
  });
  reader.push(bytes);
  const starts: number[] = [0];
  for (let at = bytes.indexOf(10) + 1; at > 0; at = bytes.indexOf(10, at) + 1) starts.push(at);
  const inRows = starts.filter(at => rows.some(({ start, end }) => at >= start && at <= end));
  const inStatements = starts.filter(at => statements.some(({ offset, end }) => at > offset && at < end));
  return { between: starts.filter(at => !inRows.includes(at) && !inStatements.includes(at)), inRows };
}
