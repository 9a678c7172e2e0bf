import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAwkwardDatabase } from '../../stage/awkward-database.ts';
import { type Container, startContainer } from '../../stage/containers.ts';
import type { PgServer } from '../../stage/part.ts';
import { hostServer, server17 } from '../../stage/servers.ts';
import { containerTarget, hostTarget, targetProject } from '../../stage/target-project.ts';

interface Way {
  readonly server: PgServer;
  target(database: string): Record<string, unknown>;
}

const ways = {
  'a temporary cluster': async () => onServer(await hostServer()),
  'a temporary cluster of PostgreSQL 17': async () => onServer(await server17()),
  'a throwaway container': async () => inContainer(await startContainer({ publish: true })),
  'a throwaway container with PostgreSQL 17': async () =>
    inContainer(await startContainer({ publish: true, major: 17 })),
};

export const allWays = Object.keys(ways) as (keyof typeof ways)[];

/** Declares the tests: a backup of the awkward database proves in each of these ways. */
export function awkwardProvesIn(names: readonly (keyof typeof ways)[]): void {
  for (const name of names) {
    test(`a backup of the awkward database proves in ${name}`, async () => {
      const { server, target } = await ways[name]();
      const { name: database } = await createAwkwardDatabase(server);
      const project = targetProject({ only: target(database) });
      await project.must(['backup']);
      const result = await project.must<{ proven: boolean; differences: unknown[] }>(['verify', 'latest']);
      assert.deepEqual([result.proven, result.differences], [true, []]);
    });
  }
}

function onServer(server: PgServer): Way {
  return { server, target: database => hostTarget(server, database) };
}

async function inContainer(container: Container): Promise<Way> {
  const server = await container.server();
  return { server, target: database => containerTarget(container, database) };
}
