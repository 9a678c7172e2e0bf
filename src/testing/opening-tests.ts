import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OrchestrateError } from '../errors.ts';
import { rejection, type Scene } from './scene.ts';

export function openingTests(scene: () => Scene): void {
  test('its options are strict, so that a mistyped key is found', () => {
    const { adapter, options } = scene();
    assert.ok(adapter.options.safeParse(options).success, 'the options of the tests fit its schema');
    const mistyped = adapter.options.safeParse({ ...(options as object), 'no such key': 1 });
    assert.ok(!mistyped.success, 'an unknown key is refused');
  });

  test('it describes where the database is, without secrets', () => {
    const { adapter, options, unreachable, env = {} } = scene();
    for (const one of [options, unreachable]) {
      const described = adapter.describe(one);
      assert.ok(described !== '' && described === adapter.describe(one));
      withoutSecrets(scene(), described);
      assert.ok(['string', 'undefined'].includes(typeof adapter.database(one, env)));
    }
  });

  test('probing says that it would work, or why not, and throws for nothing that is merely not there', async () => {
    const { adapter, probed: there, unreachable, run } = scene();
    assert.ok(there.usable, JSON.stringify(there));
    assert.notEqual(there.describe, '');
    const nowhere = await adapter.probe(unreachable, run());
    assert.ok(!nowhere.usable);
    assert.notEqual(nowhere.reason, '');
    withoutSecrets(scene(), there.describe, nowhere.reason);
  });

  test('opening what is not there rejects with a code of the table, a message and a hint', async () => {
    const { adapter, unreachable, run } = scene();
    const error = await rejection(adapter.open(unreachable, run()));
    assert.ok(error instanceof OrchestrateError, `expected an OrchestrateError, got ${error.stack}`);
    assert.ok(['usage', 'unreachable', 'no-client'].includes(error.code), error.code);
    assert.ok(error.message !== '' && error.hint);
    withoutSecrets(scene(), error.message, error.hint ?? '', String(error.stack), JSON.stringify(error));
  });

  test('what it opens knows its versions and its database', async () => {
    const { server, adapter, options, env = {} } = scene();
    assert.match(server.describe, /^PostgreSQL \d+(\.\d+|\w+) /);
    for (const { number, major, text } of [server.version, server.clientVersion]) {
      assert.equal(Math.floor(number / 10_000), major);
      assert.ok(text.startsWith(String(major)));
    }
    assert.ok(server.clientVersion.major >= server.version.major, 'its programs are as new as the server');
    assert.ok([server.database, undefined].includes(adapter.database(options, env)));
    withoutSecrets(scene(), server.describe);
    const free = await server.freeBytes?.('/');
    assert.ok(free === undefined || free >= 0);
  });

  test('each of its steps, if it has any, says what is there', async () => {
    const { adapter, options, run } = scene();
    for (const { name, look } of adapter.steps ?? []) {
      const found = await look(options, run());
      assert.ok(name !== '' && found !== '');
      withoutSecrets(scene(), name, found);
    }
  });
}

function withoutSecrets({ secrets = [] }: Scene, ...texts: readonly string[]): void {
  for (const secret of secrets) assert.ok(!texts.join('\n').includes(secret), 'a secret is told');
}
