import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Container, startContainer } from '../../stage/containers.ts';
import { mustRun } from '../../stage/run-program.ts';

const megabyte = 1 << 20;
let container: Container;

before(async () => {
  container = await startContainer();
});

/** In a process of its own, whose memory is its own. */
async function transfer(
  direction: 'out' | 'in',
  megabytes: number,
): Promise<{ bytes: number; growth: number }> {
  const { stdout } = await mustRun([
    process.execPath,
    `${import.meta.dirname}/transfer.ts`,
    ...[container.engine.host, container.name, container.user, container.database, direction, `${megabytes}`],
  ]);
  return JSON.parse(stdout.split('\n')[0]!);
}

for (const [direction, what] of [
  ['out', 'a reader that is slower than the dump'],
  ['in', 'a load that is larger than the server takes at once'],
] as const) {
  test(`memory stays the same with ${what}`, async () => {
    const { bytes, growth } = await transfer(direction, 200);
    assert.ok(bytes >= 200 * megabyte, `${bytes} bytes`);
    assert.ok(growth < 80 * megabyte, `${growth / megabyte} MB more than at the beginning`);
  });
}
