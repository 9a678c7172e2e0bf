import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { localHybrid } from '../../../adapters/local-hybrid/adapter.ts';
import { testRun } from '../../operations/backup-in-process.ts';
import { afterFile } from '../../stage/after-file.ts';
import { cleanEnv } from '../../stage/cli.ts';
import { connectionUrl, execute, identifier } from '../../stage/client.ts';
import { dropDatabase, uniqueName } from '../../stage/databases.ts';
import type { PgServer } from '../../stage/part.ts';
import { projectFolder } from '../../stage/project-folder.ts';
import { hostServer } from '../../stage/servers.ts';

let server: PgServer;
let password: string;
let folder: string;
/** Needs quoting and encoding everywhere. */
const database = uniqueName("it's a=b/é");

before(async () => {
  server = await hostServer();
  password = encodeURIComponent(server.password);
  folder = projectFolder();
  await execute(server, 'postgres', `CREATE DATABASE ${identifier(database)} TEMPLATE template0`);
  afterFile(() => dropDatabase(server, database));
});

interface Seen {
  database: string;
  role: string;
  application: string;
  options: string;
  timeout: string;
}

/** Opens, asks the server who we are and with which settings, and closes. */
async function seen(url: string | undefined, env: Record<string, string> = {}): Promise<Seen> {
  const run = testRun(folder, { env: { ...cleanEnv(), ...env } });
  const opened = await localHybrid.open({ url }, run);
  try {
    const session = await opened.session(opened.database);
    const [row] = await session.query<Seen>(`
      SELECT current_database() AS database, current_user AS role, current_setting('application_name') AS application,
        current_setting('work_mem') AS options, current_setting('statement_timeout') AS timeout`);
    assert.equal(row!.database, opened.database);
    assert.equal(row!.application, `db-orchestrate ${run.id}`);
    return row!;
  } finally {
    await opened.close();
  }
}

function passwordFile(): string {
  const path = join(folder, 'pass file');
  writeFileSync(path, `${server.host}:*:*:${server.user}:${server.password}\n`, { mode: 0o600 });
  return path;
}

function serviceFile(): string {
  const path = join(folder, 'service file');
  const lines = {
    host: server.host,
    port: server.port,
    user: server.user,
    password: server.password,
    dbname: 'template1',
  };
  writeFileSync(
    path,
    `[main]\n${Object.entries(lines)
      .map(([key, text]) => `${key}=${text}\n`)
      .join('')}`,
  );
  return path;
}

describe('reaches the server, and in it the database that is meant, through', () => {
  const name = encodeURIComponent(database);
  const at = () => `${server.user}:${password}@${server.host}:${server.port}/${name}`;
  const urls: [what: string, url: () => string, env?: () => Record<string, string>][] = [
    ['postgresql://', () => `postgresql://${at()}`],
    ['postgres://', () => `postgres://${at()}`],
    ['a URL with SQLAlchemy’s driver', () => `postgresql+asyncpg://${at()}?ssl=disable`],
    [
      'a URL with psycopg’s driver and parameters of others',
      () => `postgresql+psycopg://${at()}?schema=x&pgbouncer=true`,
    ],
    ['a URL with an sslmode', () => `postgresql://${at()}?sslmode=prefer&connect_timeout=5`],
    [
      'a password whose blanks and quote are not encoded',
      () => `postgresql://${at().replace(password, server.password)}`,
    ],
    [
      'a socket folder in a parameter',
      () =>
        `postgresql:///${name}?host=${server.socketDirectory}&port=${server.port}&user=${server.user}&password=${password}`,
    ],
    [
      'a socket folder as the host',
      () =>
        `postgresql://${server.user}:${password}@${encodeURIComponent(server.socketDirectory)}:${server.port}/${name}`,
    ],
    [
      'several hosts, the first of which is down',
      () => `postgresql://${server.user}:${password}@127.0.0.1:1,${server.host}:${server.port}/${name}`,
    ],
    [
      'libpq’s key=value string',
      () =>
        `host=${server.host} port=${server.port} user=${server.user} password='${server.password.replace("'", "\\'")}' dbname='${database.replace("'", "\\'")}'`,
    ],
    [
      'a URL, its password in PGPASSFILE',
      () => `postgresql://${server.user}@${server.host}:${server.port}/${name}`,
      () => ({ PGPASSFILE: passwordFile() }),
    ],
    [
      'a URL, its password in ~/.pgpass',
      () => `postgresql://${server.user}@${server.host}:${server.port}/${name}`,
      () => {
        writeFileSync(join(folder, '.pgpass'), `*:*:*:*:${server.password}\n`, { mode: 0o600 });
        return { HOME: folder };
      },
    ],
    [
      'a URL, its password in PGPASSWORD',
      () => `postgresql://${server.user}@${server.host}:${server.port}/${name}`,
      () => ({ PGPASSWORD: server.password }),
    ],
    [
      'a URL that names a service, but another database',
      () => `postgresql:///${name}?service=main`,
      () => ({ PGSERVICEFILE: serviceFile() }),
    ],
  ];
  for (const [what, url, env] of urls) {
    test(what, async () => {
      const { database: found, role } = await seen(url(), env?.());
      assert.deepEqual([found, role], [database, server.user]);
    });
  }

  test('libpq’s own variables', async () => {
    const { host, port, user } = server;
    const env = {
      PGHOST: host,
      PGPORT: String(port),
      PGUSER: user,
      PGPASSWORD: server.password,
      PGDATABASE: database,
    };
    assert.equal((await seen(undefined, env)).database, database);
  });

  test('PGSERVICE, whose file names the database', async () => {
    const env = { PGSERVICE: 'main', PGSERVICEFILE: serviceFile() };
    assert.equal((await seen(undefined, env)).database, 'template1');
  });
});

test('what stands in the environment for other connections does not leak into one with a URL', async () => {
  const stray = {
    PGOPTIONS: '-c work_mem=123kB -c statement_timeout=1',
    PGDATABASE: 'stray',
    PGHOST: 'stray.invalid',
    PGPORT: '1',
    PGUSER: 'stray',
    PGCLIENTENCODING: 'LATIN1',
    PGSERVICE: 'stray',
    PGAPPNAME: 'stray',
    PGSSLMODE: 'verify-full',
    PGTARGETSESSIONATTRS: 'standby',
    PG_COLOR: 'always',
    PSQLRC: join(projectFolder({ psqlrc: '\\! touch ran\n\\quit\n' }), 'psqlrc'),
  };
  const result = await seen(connectionUrl(server, database), stray);
  assert.deepEqual([result.role, result.timeout], [server.user, '0']);
  assert.notEqual(result.options, '123kB');
});

test('options of the URL itself are kept', async () => {
  const result = await seen(`${connectionUrl(server, database)}?options=-c%20work_mem%3D123kB`);
  assert.equal(result.options, '123kB');
});

test('without a connection it says what to set', async () => {
  await assert.rejects(localHybrid.open({}, testRun(folder)), { code: 'usage', hint: /DATABASE_URL=/ });
});
