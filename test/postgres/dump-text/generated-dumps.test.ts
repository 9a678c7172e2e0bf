import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createDumpReader } from '../../../src/postgres/dump-text/dump-reader.ts';
import { dump, factsOf, refusalOf } from './dump-texts.ts';

/** Any text that PostgreSQL can hold, rich in what ends or opens something. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "'",
        '"',
        '\\',
        '\n',
        '\r',
        '\t',
        ';',
        '$$',
        '$a$',
        '--',
        '/*',
        '*/',
        '\\.',
        '\n\\.\n',
        '\\! x',
        '(',
        ')',
        ':',
        'BEGIN',
        'END',
        'é',
        '\u2028',
      ),
      fc.string({ unit: 'binary', maxLength: 5 }).map(value => value.replaceAll('\0', '')),
    ),
    { maxLength: 12 },
  )
  .map(parts => parts.join(''));
const name = text.filter(value => value.length > 0);
const sizes = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 5 });

describe('Whatever a database holds', () => {
  it('is read as so many rows, with the values as they were written', () => {
    const table = fc.array(fc.array(fc.option(text), { minLength: 2, maxLength: 2 }), { maxLength: 8 });
    fc.assert(
      fc.property(fc.array(table, { maxLength: 4 }), sizes, (tables, cuts) => {
        const bodies = tables.map(rows => rows.map(row => `${row.map(copyValue).join('\t')}\n`).join(''));
        const body = bodies.map(rows => `COPY public.t (a, b) FROM stdin;\n${rows}\\.\n\n\n`).join('');
        assert.deepEqual(
          factsOf(dump(body), cuts).tables.map(({ rows }) => rows),
          tables.map(rows => rows.length),
        );
        assert.deepEqual(rowsOf(dump(body), cuts), bodies);
      }),
    );
  });

  it('is read as one statement: a literal, in either style of escapes', () => {
    fc.assert(
      fc.property(text, fc.boolean(), sizes, (value, escapes, cuts) => {
        const quoted = `'${value.replaceAll("'", "''")}'`;
        const body = escapes
          ? `SET standard_conforming_strings = off;\nCOMMENT ON TABLE t IS ${quoted.replaceAll('\\', '\\\\')};\nALTER TABLE t OWNER TO a;\n`
          : `COMMENT ON TABLE t IS ${quoted};\nCOMMENT ON TABLE t IS E${quoted.replaceAll('\\', '\\\\')};\nALTER TABLE t OWNER TO a;\n`;
        assert.deepEqual(factsOf(dump(body), cuts).roles, ['a']);
      }),
    );
  });

  it('is read as one statement: a body in dollar quotes', () => {
    fc.assert(
      fc.property(text, fc.constantFrom('', '_', 'body'), sizes, (value, tag, cuts) => {
        fc.pre(!`${value}$`.includes(`$${tag}$`));
        const body = `CREATE FUNCTION f() RETURNS void\n    LANGUAGE x\n    AS $${tag}$${value}$${tag}$;\n\n\nALTER FUNCTION f() OWNER TO a;\n`;
        assert.deepEqual(factsOf(dump(body), cuts).roles, ['a']);
      }),
    );
  });

  it('is told by its name: tables, extensions and roles', () => {
    fc.assert(
      fc.property(name, name, sizes, (table, role, cuts) => {
        const written = `public."${table.replaceAll('"', '""')}"`;
        const quotedRole = `"${role.replaceAll('"', '""')}"`;
        const body = [
          `CREATE EXTENSION IF NOT EXISTS ${quotedRole} WITH SCHEMA public;`,
          `CREATE TABLE ${written} (\n    a integer\n);`,
          `ALTER TABLE ${written} OWNER TO ${quotedRole};`,
          `COPY ${written} (a) FROM stdin;\n1\n\\.`,
          `INSERT INTO ${written} VALUES (1);`,
          `INSERT INTO ${written} VALUES (2);`,
          `GRANT SELECT ON TABLE ${written} TO ${quotedRole} WITH GRANT OPTION;\n`,
        ].join('\n');
        const inserted = Buffer.from(`INSERT INTO ${written} VALUES (1);\n`);
        const facts = factsOf(dump(body), cuts);
        assert.deepEqual(facts.tables, [
          { name: written, rows: 1, bytes: 2 },
          { name: written, rows: 2, bytes: 2 * inserted.length, inserts: true },
        ]);
        assert.deepEqual(facts.roles, role === 'public' ? [] : [role]);
        assert.deepEqual(facts.extensions, [role]);
      }),
    );
  });

  it('never makes a dump that was cut look whole, wherever a value holds its closing lines', () => {
    const closing = '--\n-- PostgreSQL database dump complete\n--\n\n';
    const whole = dump(`COMMENT ON TABLE t IS '\n${closing}';\nCOPY t (a) FROM stdin;\n${closing}\\.\n`);
    for (let length = 0; length < whole.length - 1; length += 1)
      assert.match(
        refusalOf(whole.slice(0, length)) ?? 'accepted',
        /^the dump is incomplete/,
        `${length} bytes`,
      );
  });
});

/** As COPY writes it. */
function copyValue(value: string | null): string {
  if (value === null) return '\\N';
  const escapes: Record<string, string> = {
    '\\': '\\\\',
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
    '\b': '\\b',
    '\f': '\\f',
    '\v': '\\v',
  };
  return value.replace(/[\\\n\r\t\b\f\v]/g, character => escapes[character]!);
}

function rowsOf(text: string, cuts: readonly number[]): string[] {
  const tables: Buffer[][] = [];
  const reader = createDumpReader({
    onCopyStart: () => void tables.push([]),
    onCopyRows: rows => void tables.at(-1)!.push(Buffer.from(rows)),
  });
  const bytes = Buffer.from(text);
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const end = at + cuts[turn % cuts.length]!;
    reader.push(bytes.subarray(at, end));
    at = end;
  }
  reader.end();
  return tables.map(rows => Buffer.concat(rows).toString());
}
