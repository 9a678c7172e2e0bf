import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { test } from 'node:test';
import fc from 'fast-check';
import { Demultiplexer } from '../../../adapters/container/demultiplexer.ts';
import { frame } from './frame.ts';

interface Frame {
  readonly stream: number;
  readonly payload: Uint8Array;
}

function encode({ stream, payload }: Frame): Buffer {
  return frame(stream, payload);
}

async function takeApart(chunks: readonly Uint8Array[]): Promise<{ stdout: Buffer; stderr: Buffer }> {
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  const frames = new Demultiplexer(chunk => stderr.push(Buffer.from(chunk)));
  await pipeline(Readable.from(chunks), frames, async output => {
    for await (const chunk of output) stdout.push(chunk);
  });
  return { stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) };
}

/** The same bytes, cut at other places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [0, ...places.map(place => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

const anyFrame = fc.record({
  stream: fc.constantFrom(1, 2),
  payload: fc.uint8Array({ maxLength: 200 }),
});

test('gives back both streams whatever the pieces they arrive in', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyFrame), fc.array(fc.nat()), async (frames, places) => {
      const { stdout, stderr } = await takeApart(cut(Buffer.concat(frames.map(encode)), places));
      const written = (stream: number) =>
        Buffer.concat(frames.filter(one => one.stream === stream).map(one => one.payload));
      assert.deepEqual({ stdout, stderr }, { stdout: written(1), stderr: written(2) });
    }),
  );
});

test('takes a stream that breaks off inside a frame for broken', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyFrame), anyFrame, fc.nat(), async (frames, last, place) => {
      const partial = encode(last);
      const some = partial.subarray(0, 1 + (place % (partial.length - 1)));
      await assert.rejects(takeApart([...frames.map(encode), some]), /ended inside a frame/);
    }),
  );
});

test('takes what is no frame of stdout or stderr for broken, and passes none of it on', async () => {
  for (const header of [
    [0, 0, 0, 0, 0, 0, 0, 1],
    [3, 0, 0, 0, 0, 0, 0, 1],
    [1, 0, 1, 0, 0, 0, 0, 1],
  ]) {
    await assert.rejects(takeApart([Buffer.from([...header, 65])]), /not a frame/);
  }
  await assert.rejects(takeApart([Buffer.from('CREATE TABLE without any frame')]), /not a frame/);
});

test('takes thousands of tiny frames in one piece', async () => {
  const one = encode({ stream: 1, payload: Buffer.from('x') });
  const { stdout } = await takeApart([Buffer.concat(new Array(200_000).fill(one))]);
  assert.equal(stdout.length, 200_000);
});

test('reads no further than its reader', async () => {
  let read = 0;
  const payload = Buffer.alloc(1024);
  async function* endless() {
    for (;;) {
      read += 1;
      yield encode({ stream: 1, payload });
    }
  }
  const frames = new Demultiplexer(() => undefined);
  Readable.from(endless()).pipe(frames);
  await new Promise(resolve => frames.once('readable', resolve));
  for (let turn = 0; turn < 1000; turn += 1) await new Promise(resolve => setImmediate(resolve));
  assert.ok(read < 500, `${read} frames were read for a reader that reads nothing`);
  frames.destroy();
});
