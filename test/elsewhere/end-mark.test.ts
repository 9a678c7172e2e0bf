import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { EndMark, markStart } from '../../src/elsewhere/end-mark.ts';

const mark = 'abcab';

async function pass(chunks: readonly Buffer[]): Promise<{ output: string; whole: boolean }> {
  const stream = new EndMark(mark);
  let output = '';
  for await (const chunk of Readable.from(chunks).pipe(stream)) output += chunk.toString('latin1');
  return { output, whole: stream.whole };
}

function inPieces(text: string, size: number): Buffer[] {
  const bytes = Buffer.from(text, 'latin1');
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

/** Text in which the mark, its beginnings and its first character are frequent. */
const nearlyMarks = fc
  .array(fc.constantFrom(markStart, `${markStart}ab`, markStart + mark, 'a', 'b', 'c', '\n', '\xff'))
  .map(parts => parts.join(''));

test('takes the mark off, and only the one at the end, in pieces of any size', async () => {
  await fc.assert(
    fc.asyncProperty(nearlyMarks, fc.integer({ min: 1, max: 20 }), async (text, size) => {
      const { output, whole } = await pass(inPieces(text + markStart + mark, size));
      assert.deepEqual({ output, whole }, { output: text, whole: true });
    }),
  );
});

test('passes everything on when there is no mark at the end', async () => {
  await fc.assert(
    fc.asyncProperty(nearlyMarks, fc.integer({ min: 1, max: 20 }), async (text, size) => {
      const { output, whole } = await pass(inPieces(`${text}.`, size));
      assert.deepEqual({ output, whole }, { output: `${text}.`, whole: false });
    }),
  );
  for (let length = 0; length < mark.length; length += 1) {
    const text = `x${markStart}${mark.slice(0, length)}`;
    assert.deepEqual(await pass([Buffer.from(text)]), { output: text, whole: false });
  }
});

test('holds back no line that is complete', () => {
  const stream = new EndMark(mark);
  stream.write('an answer\n');
  assert.equal(String(stream.read()), 'an answer\n');
});
