import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatAccess } from '../../../src/postgres/dump-text/access-block.ts';
import { dump, factsOf, tail } from './dump-texts.ts';

const name = fc
  .array(
    fc.oneof(
      fc.constantFrom('\n', '\r', '\r\n', '\\', '"', '--', '--+ ', ';', '$$', "'", ' ', '\\! x'),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map(parts => parts.join('').replaceAll('\0', ''))
  .filter(value => value.length > 0 && value !== 'public');
const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;

describe('Owners and privileges in comments', () => {
  it('come back as they were, whatever the names', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, name), { maxLength: 5 }),
        fc.integer({ min: 1, max: 50 }),
        (pairs, size) => {
          const statements = pairs.map(
            ([table, role]) => `ALTER TABLE public.${quoted(table)} OWNER TO ${quoted(role)};`,
          );
          const { access, roles } = factsOf(withAccess(formatAccess(statements)), [size]);
          assert.deepEqual(
            access.map(({ text }) => text.toString()),
            statements,
          );
          assert.deepEqual(
            access.map(found => found.roles),
            pairs.map(([, role]) => [role]),
          );
          assert.deepEqual(roles, []);
        },
      ),
    );
  });

  it('are comment lines to psql, also where a name holds a carriage return', () => {
    const block = formatAccess(['GRANT SELECT ON TABLE "a\rb\nc" TO d;']);
    assert.ok(!block.includes('\r'));
    assert.ok(
      block
        .trim()
        .split('\n')
        .every(line => line.startsWith('--')),
    );
  });

  it('are nothing when there are none', () => {
    assert.equal(formatAccess([]), '');
    assert.deepEqual(factsOf(dump('')).access, []);
  });

  it('count only directly before the closing line', () => {
    const block = formatAccess(['GRANT SELECT ON TABLE t TO evil;']);
    assert.deepEqual(factsOf(dump(`${block}CREATE TABLE t ();\n`)).access, []);
    assert.deepEqual(factsOf(dump(`-- Name: a\n--+ GRANT SELECT ON TABLE t TO evil;\n`)).access, []);
    assert.deepEqual(factsOf(dump(`COPY t (a) FROM stdin;\n${block}\\.\n`)).access, []);
  });

  it('are refused when they are anything else', () => {
    for (const statement of [
      'DROP TABLE t;',
      '\\! x',
      "COMMENT ON TABLE t IS 'a';",
      'GRANT a TO b;',
      'GRANT SELECT ON TABLE t TO b; \\! x',
    ])
      assert.throws(() => factsOf(withAccess(formatAccess([statement]))), {
        code: 'bad-file',
        message: /at line 9/,
      });
    assert.throws(() => factsOf(withAccess(formatAccess(['GRANT SELECT ON TABLE t']))), { code: 'bad-file' });
  });
});

function withAccess(block: string): string {
  return dump('').replace(tail, () => block + tail);
}
