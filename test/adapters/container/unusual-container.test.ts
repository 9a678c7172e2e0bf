import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { containerAdapter } from '../../../adapters/container/adapter.ts';
import type { ContainerOptions } from '../../../adapters/container/options.ts';
import { serverAddress } from '../../../adapters/container/server-address.ts';
import type { RunEvent } from '../../../src/contract/run-context.ts';
import { type Container, startContainer } from '../../stage/containers.ts';
import { freePort } from '../../stage/free-port.ts';
import { projectFolder } from '../../stage/project-folder.ts';
import { outputOf, programsIn, refusalOf, runContext } from './fixture.ts';

const settings = (container: Container, more: Partial<ContainerOptions> = {}): ContainerOptions => ({
  docker: { host: container.engine.host },
  ...(more.port === undefined && { container: container.name }),
  ...more,
});

/** What a target reaches, and what was told on the way. */
async function reached(options: ContainerOptions): Promise<{ who: string; told: RunEvent[]; dump: string }> {
  const told: RunEvent[] = [];
  const server = await containerAdapter.open(options, { ...runContext(), emit: event => told.push(event) });
  try {
    const session = await server.session(server.database);
    const [row] = await session.query<{ who: string }>(
      `SELECT concat_ws(' ', current_user, current_database(), current_setting('port')) AS who`,
    );
    const dump = await server.dump({ database: server.database, args: [] });
    return { who: row!.who, told, dump: String(await outputOf(dump)) };
  } finally {
    await server.close();
  }
}

test('a container with an init, a read-only file system, secrets in files, another user and socket folder', async () => {
  const folder = projectFolder();
  mkdirSync(join(folder, 'secrets'), { mode: 0o755 });
  writeFileSync(join(folder, 'secrets/password'), 'from a file\n', { mode: 0o644 });
  const container = await startContainer({
    env: {
      POSTGRES_USER: 'owner',
      POSTGRES_PASSWORD: undefined,
      POSTGRES_PASSWORD_FILE: '/secrets/password',
    },
    settings: { unix_socket_directories: '/sockets/of this' },
    args: [
      ...['--init', '--read-only', '--user', 'postgres', '-v', `${join(folder, 'secrets')}:/secrets:ro`],
      ...[
        '--tmpfs',
        '/var/lib/postgresql/data:uid=999,mode=700',
        '--tmpfs',
        '/tmp',
        '--tmpfs',
        '/run/postgresql:mode=777',
      ],
      ...['--tmpfs', '/sockets/of this:uid=999'],
    ],
  });
  const { who, told, dump } = await reached(settings(container));
  assert.equal(who, 'owner appdb 5432');
  assert.deepEqual(told, []);
  assert.match(dump, /PostgreSQL database dump complete/);
});

test('of two servers in a container the usual one is taken, or the one behind the published port', async () => {
  const port = await freePort();
  const container = await startContainer({ args: ['-p', `127.0.0.1:${port}:5444`] });
  const second = `cd /tmp && mkdir /tmp/second && initdb -D /tmp/second/data -U app --auth=trust --no-sync >/dev/null &&
    echo "port = 5444" >>/tmp/second/data/postgresql.conf &&
    pg_ctl -D /tmp/second/data -l /tmp/second/log -w start >/dev/null && createdb -p 5444 -U app appdb`;
  const { exitCode, stderr } = await container.docker([
    'exec',
    '-u',
    'postgres',
    container.id,
    'sh',
    '-c',
    second,
  ]);
  assert.equal(exitCode, 0, stderr);
  const usual = await reached(settings(container));
  assert.equal(usual.who, 'app appdb 5432');
  const message = `container ${container.name} has servers on the ports 5432, 5444; taken is 5432`;
  assert.deepEqual(usual.told, [{ type: 'notice', message }]);
  const published = await reached(settings(container, { port }));
  assert.deepEqual([published.who, published.told], ['app appdb 5444', []]);

  const { place } = await programsIn(container);
  const neither = serverAddress({ ...place, env: ['PGPORT=5999'] }, undefined, runContext());
  const refusal = await refusalOf(neither);
  assert.equal(refusal.exitCode, 2);
  assert.equal(refusal.message, `container ${container.name} has servers on the ports 5432, 5444`);
  assert.match(
    refusal.hint ?? '',
    /^Name it by the port of this machine that the wanted one is published on/,
  );
});
