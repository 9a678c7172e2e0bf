import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { stripRanges } from '../../../src/postgres/dump-text/strip-ranges.ts';

it('drops or replaces the ranges and nothing else, wherever the stream is cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ maxLength: 60 }),
      fc.array(fc.integer({ min: 0, max: 70 }), { maxLength: 8 }),
      fc.integer({ min: 1, max: 10 }),
      async (text, points, step) => {
        const bytes = Buffer.from(text);
        const sorted = points.sort((a, b) => a - b);
        const ranges = [0, 2, 4].flatMap(index => {
          const [start, end] = [sorted[index], sorted[index + 1]];
          return start === undefined || end === undefined
            ? []
            : [{ start, end, ...(index === 2 && { instead }) }];
        });
        const expected = [...bytes].flatMap((byte, at) => [
          ...ranges.flatMap(range => (range.start === at ? [...(range.instead ?? [])] : [])),
          ...(ranges.some(({ start, end }) => at >= start && at < end) ? [] : [byte]),
        ]);
        const kept: Buffer[] = [];
        for await (const chunk of stripRanges(pieces(bytes, step), ranges)) kept.push(chunk);
        assert.deepEqual([...Buffer.concat(kept)], expected);
        assert.ok(kept.every(chunk => chunk.length > 0));
      },
    ),
  );
});

const instead = Buffer.from('<>');

async function* pieces(bytes: Buffer, step: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
}
