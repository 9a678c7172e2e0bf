import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type AwkwardDatabase, createAwkwardDatabase } from '../stage/awkward-database.ts';
import { execute, pgDump } from '../stage/client.ts';
import { type Container, startContainer } from '../stage/containers.ts';
import { differences, type Fingerprint, fingerprint } from '../stage/fingerprint.ts';
import type { PgServer } from '../stage/part.ts';
import { hostServer, server17 } from '../stage/servers.ts';
import { containerTarget, hostTarget, type TargetProject, targetProject } from '../stage/target-project.ts';

/** What people call them: a name begins like an option, and holds all that a shell would obey. */
const forms = {
  'in the custom format': async (dump: Dump, folder: string) =>
    file(folder, `-C --help 'x' "y" $(touch hacked).dump`, await dump('-Fc')),
  'in the custom format inside gzip, made with --clean and -C': async (dump: Dump, folder: string) =>
    file(folder, 'clean.dump.gz', gzipSync(await dump('-Fc', '-Z0', '--clean', '-C'))),
  'in the tar format': async (dump: Dump, folder: string) => file(folder, 'x.tar', await dump('-Ft')),
  'in the directory format': async (dump: Dump, folder: string) => {
    await dump('-Fd', '-f', join(folder, `-d 'x' "y" $(touch hacked)`));
    return `./archives/-d 'x' "y" $(touch hacked)/`;
  },
};

type Dump = (...args: string[]) => Promise<Buffer>;

export function file(folder: string, name: string, content: Buffer): string {
  writeFileSync(join(folder, name), content);
  return `./archives/${name}`;
}

/** With a folder `archives` in it. */
export function archiveProject(targets: Parameters<typeof targetProject>[0]): [TargetProject, string] {
  const project = targetProject(targets);
  const folder = join(project.folder, 'archives');
  mkdirSync(folder);
  return [project, folder];
}

interface Way {
  readonly server: PgServer;
  readonly container?: Container;
}

async function inContainer(): Promise<Way> {
  const container = await startContainer({ publish: true });
  return { server: await container.server(), container };
}

const ways = {
  'PostgreSQL of this host': async (): Promise<Way> => ({ server: await hostServer() }),
  'PostgreSQL 17': async (): Promise<Way> => ({ server: await server17() }),
  'a container': () => inContainer(),
};

export type Form = keyof typeof forms;
export const allForms = Object.keys(forms) as Form[];

/** Declares the tests: an archive in each of these forms brings the awkward database back. */
export function archivesBringBack(name: keyof typeof ways, of: readonly Form[]): void {
  describe(`an archive of the awkward database, on ${name},`, () => {
    let server: PgServer;
    let container: Container | undefined;
    let awkward: AwkwardDatabase;
    let whole: Fingerprint;
    let project: TargetProject;
    let folder: string;
    let dump: Dump;

    before(async () => {
      ({ server, container } = await ways[name]());
      awkward = await createAwkwardDatabase(server);
      whole = await fingerprint(server, awkward.name);
      // By TCP this password lets nobody in, so that it is the programs in the container that read them.
      const target = container
        ? { ...containerTarget(container, awkward.name), password: 'another' }
        : hostTarget(server, awkward.name);
      [project, folder] = archiveProject({ it: target });
      dump = (...args) => pgDump(server, awkward.name, args);
    });

    for (const how of of) {
      test(`${how}, brings everything back`, async () => {
        const path = await forms[how](dump, folder);
        const isOutOfSight = container && how.includes('directory');
        if (!isOutOfSight) await execute(server, awkward.name, 'DROP SCHEMA app CASCADE');
        const { exitCode, stderr } = await project.run(['restore', path, '--force']);
        if (isOutOfSight) {
          assert.equal(exitCode, 7, stderr);
          assert.match(stderr, /directory format, which a pg_restore in container .* cannot see/);
          assert.match(stderr, /^hint: .*pg_restore -f - '.*' > dump\.sql/m);
        } else assert.equal(exitCode, 0, stderr);
        assert.deepEqual(differences(whole, await fingerprint(server, awkward.name)), []);
        // What an undo would put back is recorded where the backups are; nothing else is left.
        const left = readdirSync(project.folder).filter(entry => entry !== 'backups');
        assert.deepEqual(left.sort(), ['archives', 'backup.config.json']);
      });
    }
  });
}
