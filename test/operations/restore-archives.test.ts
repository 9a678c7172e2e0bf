import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type AwkwardDatabase, createAwkwardDatabase } from '../stage/awkward-database.ts';
import { execute, pgDump, value } from '../stage/client.ts';
import { type Container, startContainer } from '../stage/containers.ts';
import { createDatabase, createRole } from '../stage/databases.ts';
import { differences, type Fingerprint, fingerprint } from '../stage/fingerprint.ts';
import type { PgServer } from '../stage/part.ts';
import { hostServer, server17 } from '../stage/servers.ts';
import { containerTarget, hostTarget, type TargetProject, targetProject } from '../stage/target-project.ts';

/** What people call them: a name begins like an option, and holds all that a shell would obey. */
const forms: Record<string, (dump: Dump, folder: string) => Promise<string>> = {
  'in the custom format': async (dump, folder) =>
    file(folder, `-C --help 'x' "y" $(touch hacked).dump`, await dump('-Fc')),
  'in the custom format inside gzip, made with --clean and -C': async (dump, folder) =>
    file(folder, 'clean.dump.gz', gzipSync(await dump('-Fc', '-Z0', '--clean', '-C'))),
  'in the tar format': async (dump, folder) => file(folder, 'x.tar', await dump('-Ft')),
  'in the directory format': async (dump, folder) => {
    await dump('-Fd', '-f', join(folder, `-d 'x' "y" $(touch hacked)`));
    return `./archives/-d 'x' "y" $(touch hacked)/`;
  },
};

type Dump = (...args: string[]) => Promise<Buffer>;

function file(folder: string, name: string, content: Buffer): string {
  writeFileSync(join(folder, name), content);
  return `./archives/${name}`;
}

function archiveProject(targets: Parameters<typeof targetProject>[0]): [TargetProject, string] {
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

const ways: Record<string, () => Promise<Way>> = {
  'PostgreSQL of this host': async () => ({ server: await hostServer() }),
  'PostgreSQL 17': async () => ({ server: await server17() }),
  'a container': () => inContainer(),
};

for (const [name, way] of Object.entries(ways)) {
  describe(`an archive of the awkward database, on ${name},`, () => {
    let server: PgServer;
    let container: Container | undefined;
    let awkward: AwkwardDatabase;
    let whole: Fingerprint;
    let project: TargetProject;
    let folder: string;
    let dump: Dump;

    before(async () => {
      ({ server, container } = await way());
      awkward = await createAwkwardDatabase(server);
      whole = await fingerprint(server, awkward.name);
      // By TCP this password lets nobody in, so that it is the programs in the container that read them.
      const target = container
        ? { ...containerTarget(container, awkward.name), password: 'another' }
        : hostTarget(server, awkward.name);
      [project, folder] = archiveProject({ it: target });
      dump = (...args) => pgDump(server, awkward.name, args);
    });

    for (const [how, make] of Object.entries(forms)) {
      test(`${how}, brings everything back`, async () => {
        const path = await make(dump, folder);
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

describe('an archive', () => {
  let server: PgServer;
  let database: string;
  let project: TargetProject;
  let folder: string;

  before(async () => {
    server = await hostServer();
    database = await createDatabase(server);
    await execute(
      server,
      database,
      `CREATE TABLE t AS SELECT 47 AS n; COMMENT ON TABLE t IS '${'-'.repeat(80)}'`,
    );
    [project, folder] = archiveProject({ local: hostTarget(server, database) });
  });

  test('is restored with its owners and grants, without those of roles that are missing, or without all', async () => {
    const [owner, gone] = [await createRole(server, 'secret'), await createRole(server, 'secret')];
    const source = await createDatabase(server);
    await execute(
      server,
      source,
      `CREATE TABLE t (); ALTER TABLE t OWNER TO ${owner}; CREATE TABLE u (); GRANT SELECT ON u TO ${gone};
       ALTER TABLE u ADD CHECK (to_jsonb(u) <> '" OWNER TO nobody"') NOT VALID`,
    );
    const path = file(folder, 'owners.dump', await pgDump(server, source, ['-Fc']));
    await execute(server, source, `DROP OWNED BY ${gone}; ALTER ROLE ${gone} RENAME TO ${gone}_renamed`);
    const into = `${source}_copy`;
    const owned = `SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname = 't'`;
    const restored = await project.run(['restore', path, '--force', '--into', into]);
    await execute(server, source, `ALTER ROLE ${gone}_renamed RENAME TO ${gone}`);
    assert.equal(restored.exitCode, 0, restored.stderr);
    assert.match(restored.stderr, new RegExp(`do not exist here: owners and grants of ${gone}`));
    assert.equal(await value(server, into, owned), owner);
    await project.must(['restore', path, '--force', '--into', into, '--no-owners']);
    assert.equal(await value(server, into, owned), 'postgres');
  });

  test('of a newer pg_dump is read by the newest pg_restore of this host', async () => {
    const { binDirectory } = await server17();
    const path = file(folder, 'newer.dump', await pgDump({ ...server, binDirectory }, database, ['-Fc']));
    const { url } = hostTarget(server, database);
    const [found] = archiveProject({ local: { adapter: 'local-hybrid', url } });
    const env = { PATH: [binDirectory, server.binDirectory, process.env.PATH].join(delimiter) };
    await found.must(['restore', join(folder, path.split('/').at(-1)!), '--force'], { env });
    assert.equal(await value(server, database, 'SELECT n FROM t'), 47);
  });

  test('that is too new for pg_restore is refused with the version that it takes', async () => {
    const { binDirectory } = await server17();
    const path = file(folder, 'too new.dump', await pgDump({ ...server, binDirectory }, database, ['-Fc']));
    const { exitCode, stderr } = await project.run(['restore', path, '--force']);
    assert.equal(exitCode, 7, stderr);
    assert.match(
      stderr,
      /^error: .*too new\.dump cannot be read: .*unsupported version \(1\.16\) in file header/m,
    );
    assert.match(stderr, /^hint: .*PostgreSQL 17 or later.*postgresql-client-17/m);
  });

  test('that holds a command of psql is refused, and the command does not run', async () => {
    const archive = await pgDump(server, database, ['-Fc']);
    const text = archive.toString('latin1');
    const comment = /COMMENT ON TABLE public\.t IS '-+';/.exec(text)![0];
    const touch = `\\! touch '${join(project.folder, 'touched')}'\n`;
    const hostile = text.replace(comment, () => touch.padEnd(comment.length).slice(0, comment.length));
    const path = file(folder, 'hostile.dump', Buffer.from(hostile, 'latin1'));
    const { exitCode, stderr } = await project.run(['restore', path, '--force']);
    assert.equal(exitCode, 7, stderr);
    assert.match(stderr, /psql meta-command at line/);
    assert.equal(existsSync(join(project.folder, 'touched')), false);
  });

  test('of data alone is refused by the server, and the database stays as it is', async () => {
    const path = file(folder, 'data.dump', await pgDump(server, database, ['-Fc', '--data-only']));
    const { exitCode, stderr } = await project.run(['restore', path, '--force']);
    assert.equal(exitCode, 6, stderr);
    assert.match(stderr, /relation "public\.t" does not exist/);
    assert.equal(await value(server, database, 'SELECT n FROM t'), 47);
  });
});
