import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { defineConfig } from '../../src/index.ts';
import { load } from './project.ts';

test('returns what it was given', () => {
  const given = { targets: { t: { adapter: 'local-hybrid' } } } as const;
  assert.equal(defineConfig(given), given);
});

test("this repository's own configuration is the one of the README", async () => {
  const { targets, defaultTarget } = await load(join(import.meta.dirname, '../..'));
  assert.equal(defaultTarget, 'local');
  assert.deepEqual(
    targets.map(target => [target.name, target.prefix, target.retention]),
    [
      ['local', 'hnf1b', { last: 7 }],
      ['docker', 'hnf1b', { last: 7 }],
    ],
  );
});

/** Never called: the compiler checks that each mistake is one. */
export function typeErrors(): void {
  defineConfig({
    name: 'x',
    directory: undefined,
    defaultTarget: 'b',
    retention: { last: 7, daily: undefined },
    targets: {
      a: {
        adapter: 'local-hybrid',
        url: process.env.DATABASE_URL,
        binDirectory: '/x',
        retention: { weekly: 1 },
      },
      b: { adapter: 'container', container: 'c', user: 'u', password: undefined, docker: { host: 'x' } },
      c: { adapter: 'container', service: 'db' },
      d: { adapter: 'container', label: 'a=b', container: undefined },
      e: { adapter: 'container', port: 5433 },
      f: { adapter: './adapters/mine.ts', pod: 'p', retention: { last: 1 } },
      g: { adapter: '@acme/db-orchestrate-x', anything: 1 },
    },
  });
  // @ts-expect-error: there are no targets
  defineConfig({});
  // @ts-expect-error: no such key
  defineConfig({ targets: {}, direcotry: 'x' });
  // @ts-expect-error: no such target
  defineConfig({ targets: { a: { adapter: 'local-hybrid' } }, defaultTarget: 'b' });
  // @ts-expect-error: no such adapter
  defineConfig({ targets: { a: { adapter: 'none' } } });
  // @ts-expect-error: a key of the other adapter
  defineConfig({ targets: { a: { adapter: 'local-hybrid', container: 'c' } } });
  // @ts-expect-error: a key of the other adapter
  defineConfig({ targets: { a: { adapter: 'container', container: 'c', url: 'x' } } });
  // @ts-expect-error: the container is missing
  defineConfig({ targets: { a: { adapter: 'container' } } });
  // @ts-expect-error: two ways of naming it
  defineConfig({ targets: { a: { adapter: 'container', container: 'c', service: 's' } } });
  // @ts-expect-error: not a number
  defineConfig({ targets: { a: { adapter: 'local-hybrid' } }, retention: { last: '7' } });
  // @ts-expect-error: no such key of retention
  defineConfig({ targets: { a: { adapter: 'local-hybrid', retention: { hourly: 7 } } } });
}
