import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import { before, describe, test } from 'node:test';
import { hostInstallHint } from '../../adapters/local-hybrid/install-hint.ts';
import { afterFile } from '../stage/after-file.ts';
import { connectionUrl, execute, value } from '../stage/client.ts';
import { type Container, startContainer } from '../stage/containers.ts';
import { hostPrograms } from '../stage/host-programs.ts';
import type { PgServer } from '../stage/part.ts';
import { projectFolder } from '../stage/project-folder.ts';
import { type TargetProject, targetProject } from '../stage/target-project.ts';

const host = await hostPrograms();
let container: Container;
let server: PgServer;

/** This host has only its own major; the server behind the published port is newer. */
before(async () => {
  container = await startContainer({ major: 17, publish: true });
  server = await container.server();
  await execute(server, 'appdb', `CREATE TABLE t AS SELECT n FROM generate_series(1, 100) n`);
});

const skip = host.major < 17 ? false : 'this host has programs that are new enough';

function project(url: string, { engine = container.engine.host, binDirectory = host.binDirectory } = {}) {
  const made = targetProject({ local: { adapter: 'local-hybrid', url, binDirectory } });
  const env = { DOCKER_HOST: engine };
  const run: TargetProject['run'] = (args, options) => made.run(args, { ...options, env });
  return { ...made, run };
}

describe('a server that is newer than the programs of this host, behind a published port', { skip }, () => {
  test('is backed up, proved and restored by the programs in its container, which is told once', async () => {
    const { run, newest } = project(connectionUrl(server, 'appdb'));
    const told = new RegExp(
      `pg_dump ${host.major}\\.\\S+ is older than the server, PostgreSQL 17\\.\\S+ on 127\\.0\\.0\\.1:${server.port}; ` +
        `the same is PostgreSQL 17\\.\\S+ in container ${container.name}, whose programs are used instead`,
      'g',
    );
    const backup = await run(['backup', '--verify']);
    assert.equal(backup.exitCode, 0, backup.stderr);
    assert.equal(backup.stderr.match(told)?.length, 1, backup.stderr);
    assert.match(backup.stderr, /no server programs|server programs on this host are of PostgreSQL/);

    const verify = await run(['verify', newest()]);
    assert.equal(verify.exitCode, 0, verify.stderr);
    assert.match(
      verify.stdout,
      /proven: restored to PostgreSQL 17\.\S+ in a throwaway container of the image of/,
    );

    await execute(server, 'appdb', 'DELETE FROM t');
    const restore = await run(['restore', 'latest', '--force']);
    assert.equal(restore.exitCode, 0, restore.stderr);
    assert.match(restore.stderr, told);
    assert.match(restore.stderr, new RegExp(`PostgreSQL 17\\.\\S+ in container ${container.name}`));
    assert.equal(await value(server, 'appdb', 'SELECT count(*) FROM t'), 100);

    const targets = await run(['targets']);
    assert.match(targets.stdout, new RegExp(`yes: PostgreSQL 17\\.\\S+ in container ${container.name}`));
  });

  test("is also found by its container's own address", async () => {
    const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
    const address = (await container.docker(['inspect', '-f', format, container.id])).stdout.trim();
    const { run } = project(connectionUrl({ ...server, host: address, port: 5432 }, 'appdb'));
    const { exitCode, stderr } = await run(['backup']);
    assert.equal(exitCode, 0, stderr);
    assert.match(stderr, new RegExp(`the same is PostgreSQL 17\\.\\S+ in container ${container.name}`));
  });

  test('without an engine to ask ends with the package to install', async () => {
    const { run } = project(connectionUrl(server, 'appdb'), { engine: 'unix:///nowhere' });
    const { exitCode, stderr } = await run(['backup']);
    assert.equal(exitCode, 4);
    assert.ok(stderr.includes(hostInstallHint('client', 17)), stderr);
  });

  test('cannot be mistaken for another container whose port a tunnel has', async () => {
    // The tunnel takes the address of the machine that the other container does not publish its port on.
    const other = await startContainer({ publish: true });
    const { port } = await other.server();
    const tunnel = createServer(client => {
      const upstream = connect(server.port, server.host);
      for (const one of [client, upstream]) one.on('error', () => undefined);
      client.pipe(upstream).pipe(client);
    });
    await new Promise<void>(resolve => tunnel.listen(port, '127.0.0.2', resolve));
    afterFile(async () => void tunnel.close());
    const { run } = project(connectionUrl({ ...server, host: '127.0.0.2', port }, 'appdb'));
    const { exitCode, stderr } = await run(['backup']);
    assert.equal(exitCode, 4);
    assert.match(
      stderr,
      new RegExp(
        `container that publishes port ${port} is not used: what answers on 127.0.0.2:${port} is another server`,
      ),
    );
  });
});

test('a host without any psql asks the server itself, and uses the programs in its container', async () => {
  const binDirectory = projectFolder();
  const { run, newest } = project(connectionUrl(server, 'appdb'), { binDirectory });
  const backup = await run(['backup']);
  assert.equal(backup.exitCode, 0, backup.stderr);
  assert.match(backup.stderr, /^no usable pg_dump and psql in .+; the same is PostgreSQL 17/m);
  assert.match((await run(['show', newest()])).stdout, /server 17\.\d+, pg_dump 17/);

  const wrong = project(connectionUrl({ ...server, password: 'wrong' }, 'appdb'), { binDirectory });
  const { exitCode, stderr } = await wrong.run(['backup']);
  assert.equal(exitCode, 4);
  assert.ok(stderr.includes(hostInstallHint('client')), stderr);
});
