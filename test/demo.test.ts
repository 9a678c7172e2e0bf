import assert from 'node:assert/strict';
import { dirname, resolve } from 'node:path';
import { test } from 'node:test';
import { runProgram } from './stage/run-program.ts';

const demo = resolve(import.meta.dirname, '../demo/demo.ts');

for (const words of [[], ['pglite']]) {
  const how = words.length === 0 ? 'with what there is' : 'with PGlite alone';
  test(`the demo runs to its end where PATH has Node and nothing else, ${how}`, async () => {
    const env = { PATH: dirname(process.execPath), HOME: '/nowhere', DBO_STAGE: process.env.DBO_STAGE };
    const { exitCode, stdout, stderr } = await runProgram([process.execPath, demo, ...words], { env });
    assert.equal(exitCode, 0, stdout + stderr);
    assert.match(stdout, /The database has 10 orders/);
    assert.match(stdout, /They are back/);
  });
}
