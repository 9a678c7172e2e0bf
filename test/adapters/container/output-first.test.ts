import assert from 'node:assert/strict';
import { Duplex, PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import type { Place } from '../../../adapters/container/place.ts';
import { containerSpawn } from '../../../adapters/container/spawn.ts';
import { frame } from './frame.ts';

/** An engine that carries stderr later than stdout, as one may: each takes a way of its own. */
function placeOf(output: Buffer): Place {
  const exec = async ({ Cmd }: { Cmd: string[] }) => {
    const mark = Cmd[4]!;
    const pieces = Array.from({ length: output.length / 65536 }, (_, index) =>
      frame(1, output.subarray(index * 65536, (index + 1) * 65536)),
    );
    const frames = [
      ...pieces,
      frame(2, `${mark} 123\n`),
      frame(1, `\x04${mark}`),
      frame(2, `${mark} ended\n`),
    ];
    const socket = new Duplex({
      read() {
        this.push(frames.shift() ?? null);
      },
      write: (_chunk, _encoding, done) => done(),
    });
    return { start: async () => socket, inspect: async () => ({ ExitCode: 0 }) };
  };
  return { name: 'late', container: { exec } } as unknown as Place;
}

test('output that arrives before the word that a program has begun does not wait for it', {
  timeout: 20_000,
}, async () => {
  const text = Buffer.alloc(4 * 1024 * 1024, 'rows\n');
  const spawn = containerSpawn(placeOf(text), {}, { signal: new AbortController().signal });
  const output = new PassThrough();
  const received = buffer(output);
  const program = await spawn({ program: 'psql', args: [], input: false, output });
  assert.equal((await received).compare(text), 0);
  await program.done;
});
