import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { closingLine } from '../../src/pipeline/closing-line.ts';

const closing = '\n--\n-- PostgreSQL database dump complete\n--\n\n';
const released = `${closing}\\unrestrict ${'k'.repeat(63)}\n\n`;

async function passed(
  chunks: readonly Uint8Array[],
  addition = async () => Buffer.from('ADDED\n'),
): Promise<Buffer> {
  const out: Buffer[] = [];
  for await (const chunk of Readable.from(chunks).pipe(closingLine(addition))) out.push(chunk as Buffer);
  return Buffer.concat(out);
}

const refused = { code: 'backup-failed', message: 'the dump ended without its closing line' };

describe('a dump is passed on', () => {
  for (const [what, end] of Object.entries({
    'with its closing comment': closing,
    'with \\unrestrict behind it': released,
  })) {
    test(`${what}, and the addition stands before it, wherever the chunks are cut`, async () => {
      const body = fc.uint8Array({ maxLength: 3000 });
      await fc.assert(
        fc.asyncProperty(body, fc.array(fc.nat(4000), { maxLength: 6 }), async (body, cuts) => {
          const whole = Buffer.concat([body, Buffer.from(end)]);
          const places = [...new Set([0, ...cuts.filter(cut => cut < whole.length), whole.length])].sort(
            (a, b) => a - b,
          );
          const chunks = places.slice(1).map((to, index) => whole.subarray(places[index], to));
          const expected = Buffer.concat([body, Buffer.from(`\nADDED${end}`)]);
          assert.deepEqual(await passed(chunks), expected);
        }),
        { numRuns: 100 },
      );
    });
  }

  test('where rows hold the closing comment too, only the last one counts', async () => {
    const text = await passed([Buffer.from(`a${closing}b${closing}`)]);
    assert.equal(text.toString(), `a${closing}b\nADDED${closing}`);
  });
});

describe('a dump is refused', () => {
  const cases: [what: string, text: string][] = [
    ['that is empty', ''],
    ['that was cut in its closing comment', `x${closing.slice(0, -3)}`],
    ['that was cut in \\unrestrict', `x${released.slice(0, -2)}`],
    ['that goes on behind its closing comment', `x${closing}y`],
    ['whose closing comment is far from its end', `x${closing}${'y'.repeat(5000)}`],
    ['whose closing comment stands in the middle of a line', `x${closing.slice(1)}`],
  ];
  for (const [what, text] of cases) {
    test(what, () => assert.rejects(passed([Buffer.from(text)]), refused));
  }

  test('whose addition fails, with that failure', async () => {
    await assert.rejects(
      passed([Buffer.from(`x${closing}`)], () => Promise.reject(new Error('no access'))),
      /no access/,
    );
  });
});
