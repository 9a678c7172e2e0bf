import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { type AwkwardDatabase, createAwkwardDatabase } from './stage/awkward-database.ts';
import { execute } from './stage/client.ts';
import { startContainer } from './stage/containers.ts';
import { dropDatabase } from './stage/databases.ts';
import { differences, type Fingerprint, fingerprint } from './stage/fingerprint.ts';
import type { PgServer } from './stage/part.ts';
import { hostServer, server17 } from './stage/servers.ts';
import { containerTarget, hostTarget, type TargetProject, targetProject } from './stage/target-project.ts';

interface Way {
  readonly server: PgServer;
  targets(database: string): Record<string, Record<string, unknown>>;
}

const onServer = async (server: PgServer): Promise<Way> => ({
  server,
  targets: database => ({ local: hostTarget(server, database) }),
});

/** Through the container and, for the same database, through its published port. */
async function inContainer(major?: 17): Promise<Way> {
  const container = await startContainer({ publish: true, ...(major && { major }) });
  const server = await container.server();
  return {
    server,
    targets: database => ({
      docker: containerTarget(container, database),
      port: hostTarget(server, database),
    }),
  };
}

const ways: Record<string, () => Promise<Way>> = {
  'PostgreSQL of this host': async () => onServer(await hostServer()),
  'PostgreSQL 17': async () => onServer(await server17()),
  'a container': () => inContainer(),
  'a container with PostgreSQL 17': () => inContainer(17),
};

for (const [name, way] of Object.entries(ways)) {
  describe(`the awkward database, on ${name},`, () => {
    let server: PgServer;
    let awkward: AwkwardDatabase;
    let whole: Fingerprint;
    let project: TargetProject;
    let targets: string[];

    before(async () => {
      const { server: pg, targets: targetsOf } = await way();
      server = pg;
      awkward = await createAwkwardDatabase(server);
      whole = await fingerprint(server, awkward.name);
      project = targetProject(targetsOf(awkward.name));
      targets = Object.keys(targetsOf(awkward.name));
      await project.must(['backup', '--all-targets']);
    });

    test('is back with everything in it after a restore in place, which takes out what came later', async () => {
      await execute(
        server,
        awkward.name,
        'CREATE SCHEMA later; CREATE TABLE later.t (n int); CREATE TYPE public.later AS (n int)',
      );
      const restore = ['restore', 'latest', '--target', targets[0]!, '--force', '--mode', 'in-place'];
      assert.equal((await project.must<{ mode: string }>(restore)).mode, 'in-place');
      assert.deepEqual(differences(whole, await fingerprint(server, awkward.name)), []);
    });

    test('is back with everything in it after a restore', async () => {
      await execute(server, awkward.name, 'DROP SCHEMA app CASCADE');
      const target = targets[0]!;
      await project.must(['restore', 'latest', '--target', target, '--force']);
      assert.deepEqual(differences(whole, await fingerprint(server, awkward.name)), []);
    });

    // Only a container can be reached in two ways.
    if (name.includes('container')) {
      test('comes back through another adapter than the one that made the backup', async () => {
        const [through, other] = targets;
        await execute(server, awkward.name, 'DROP SCHEMA app CASCADE');
        const { backups } = await project.must<{ backups: { path: string }[] }>(['list', '--target', other!]);
        await project.must(['restore', backups[0]!.path, '--force', '--target', through!]);
        assert.deepEqual(differences(whole, await fingerprint(server, awkward.name)), []);
      });
    } else {
      test('is back as it was broken after an undo, and whole again after another', async () => {
        const target = targets[0]!;
        const states = [];
        for (const _ of ['broken', 'whole']) {
          await project.must(['undo', '--target', target, '--force']);
          states.push(await fingerprint(server, awkward.name));
        }
        assert.notDeepEqual(differences(whole, states[0]!), []);
        assert.deepEqual(differences(whole, states[1]!), []);
      });

      test('is made anew with all its properties when it is gone', async () => {
        await dropDatabase(server, awkward.name);
        const result = await project.run(['restore', 'latest', '--force']);
        assert.equal(result.exitCode, 0, result.stderr);
        assert.match(result.stderr, /will be created/);
        assert.deepEqual(differences(whole, await fingerprint(server, awkward.name)), []);
        // What was replaced before went with it.
        assert.equal((await project.run(['undo', '--force'])).exitCode, 2);
      });
    }
  });
}
