import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createLineEnds } from '../../../src/postgres/dump-text/line-ends.ts';

const text = fc
  .array(fc.constantFrom('\r', '\n', 'a', '\r\n', 'bc'), { maxLength: 20 })
  .map(parts => parts.join(''));
const size = fc.integer({ min: 1, max: 5 });

describe('Line ends', () => {
  it('are undone exactly when a terminal made each LF a CRLF, wherever the text is cut', () => {
    fc.assert(
      fc.property(text, size, (lf, step) => {
        fc.pre(lf.includes('\n'));
        assert.deepEqual(pass(lf.replaceAll('\n', '\r\n'), step), [lf, 'crlf']);
      }),
    );
  });

  it('stay as they are when the first one is an LF', () => {
    fc.assert(
      fc.property(text, size, (rest, step) => {
        assert.deepEqual(pass(`a\n${rest}`, step), [`a\n${rest}`, 'lf']);
      }),
    );
  });

  it('are none in a text without a newline, which stays as it is', () => {
    assert.deepEqual(pass('a\rb\r', 1), ['a\rb\r', 'lf']);
  });

  it('are refused when they are mixed', () => {
    assert.throws(() => pass('a\r\nb\nc\r\n', 2), {
      code: 'bad-file',
      message: 'line ends are mixed: no carriage return at the end of line 2',
    });
  });
});

function pass(text: string, step: number): [string, string] {
  const lineEnds = createLineEnds();
  const out: Buffer[] = [];
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += step) out.push(lineEnds.push(bytes.subarray(at, at + step)));
  out.push(lineEnds.end());
  return [Buffer.concat(out).toString(), lineEnds.style];
}
