import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  missingConnection,
  parseConnection,
  withoutLibpqVariables,
} from '../../../adapters/local-hybrid/connection.ts';
import { localHybridOptions } from '../../../adapters/local-hybrid/options.ts';
import { OrchestrateError } from '../../../src/errors.ts';

type Expected = Record<string, string>;

/** What was written, and what libpq is told; `db` is the database, `at` the place in words. */
const forms: readonly (readonly [title: string, written: string, expected: Expected])[] = [
  [
    'the asyncpg suffix of SQLAlchemy, and a published port',
    'postgresql+asyncpg://app_user:app_pass@localhost:5433/app_db',
    {
      PGUSER: 'app_user',
      PGPASSWORD: 'app_pass',
      PGHOST: 'localhost',
      PGPORT: '5433',
      db: 'app_db',
      at: 'localhost:5433',
    },
  ],
  ['the psycopg suffix', 'postgresql+psycopg://h/d', { PGHOST: 'h', db: 'd', at: 'h:5432' }],
  ['the psycopg2 suffix', 'postgresql+psycopg2://h/d', { PGHOST: 'h', db: 'd', at: 'h:5432' }],
  ['the pg8000 suffix', 'postgres+pg8000://h/d', { PGHOST: 'h', db: 'd', at: 'h:5432' }],
  ['the short scheme', 'postgres://h/d', { PGHOST: 'h', db: 'd', at: 'h:5432' }],
  ['a scheme in capitals', 'POSTGRES://h/d', { PGHOST: 'h', db: 'd', at: 'h:5432' }],
  [
    'a JDBC URL',
    'jdbc:postgresql://h/d?user=u&password=b+c&ssl=true',
    { PGHOST: 'h', PGUSER: 'u', PGPASSWORD: 'b+c', PGSSLMODE: 'require', db: 'd', at: 'h:5432' },
  ],
  ['a URL without anything', 'postgresql://', { at: 'the default socket' }],
  ['a URL of a host alone', 'postgresql://db.example', { PGHOST: 'db.example', at: 'db.example:5432' }],
  ['a trailing slash', 'postgresql://h/', { PGHOST: 'h', at: 'h:5432' }],
  [
    'a port without a host',
    'postgresql://:5433/d',
    { PGPORT: '5433', db: 'd', at: 'the default socket port 5433' },
  ],
  ['a user without a password', 'postgresql://u@h/d', { PGUSER: 'u', PGHOST: 'h', db: 'd', at: 'h:5432' }],
  ['an empty password', 'postgresql://u:@h/d', { PGUSER: 'u', PGHOST: 'h', db: 'd', at: 'h:5432' }],

  ['double quotes of an env file', '"postgresql://h/d"', { PGHOST: 'h', db: 'd', at: 'h:5432' }],
  ['single quotes and blanks', " 'postgresql://h/d ' \n", { PGHOST: 'h', db: 'd', at: 'h:5432' }],

  [
    'a socket in the query',
    'postgresql://u@/d?host=/var/run/postgresql',
    { PGUSER: 'u', PGHOST: '/var/run/postgresql', db: 'd', at: 'socket /var/run/postgresql' },
  ],
  [
    'a socket beside a host that stands in for it',
    'postgresql://u:p@localhost/d?host=/tmp',
    { PGUSER: 'u', PGPASSWORD: 'p', PGHOST: '/tmp', db: 'd', at: 'socket /tmp' },
  ],
  [
    'a socket with colons',
    'postgresql:///d?host=/cloudsql/project:region:name',
    { PGHOST: '/cloudsql/project:region:name', db: 'd', at: 'socket /cloudsql/project:region:name' },
  ],
  [
    'a socket as an encoded host',
    'postgresql://%2Fvar%2Frun:5433/d',
    { PGHOST: '/var/run', PGPORT: '5433', db: 'd', at: 'socket /var/run port 5433' },
  ],
  [
    'a socket in the abstract namespace',
    'postgresql://%40name/d',
    { PGHOST: '@name', db: 'd', at: 'socket @name' },
  ],
  ['the default socket', 'postgresql:///d', { db: 'd', at: 'the default socket' }],

  [
    'IPv6',
    'postgresql://u@[::1]:5433/d',
    { PGUSER: 'u', PGHOST: '::1', PGPORT: '5433', db: 'd', at: '[::1]:5433' },
  ],
  [
    'IPv6 with a zone',
    'postgresql://[fe80::1%25eth0]/d',
    { PGHOST: 'fe80::1%eth0', db: 'd', at: '[fe80::1%eth0]:5432' },
  ],
  [
    'several hosts',
    'postgresql://u:p@h1:5432,h2:5433/d',
    { PGUSER: 'u', PGPASSWORD: 'p', PGHOST: 'h1,h2', PGPORT: '5432,5433', db: 'd', at: 'h1:5432, h2:5433' },
  ],
  [
    'several hosts, some with a port',
    'postgresql://h1,h2:5433,[::1]/d',
    { PGHOST: 'h1,h2,::1', PGPORT: ',5433,', db: 'd', at: 'h1:5432, h2:5433, [::1]:5432' },
  ],
  [
    'several hosts, one port',
    'postgresql:///d?host=h1,h2&port=5433',
    { PGHOST: 'h1,h2', PGPORT: '5433', db: 'd', at: 'h1:5433, h2:5433' },
  ],
  [
    'several hosts as SQLAlchemy writes them',
    'postgresql+psycopg2:///d?host=h1:5432&host=h2:5433',
    { PGHOST: 'h1,h2', PGPORT: '5432,5433', db: 'd', at: 'h1:5432, h2:5433' },
  ],
  [
    'an address beside a name',
    'postgresql://h/d?hostaddr=10.0.0.1',
    { PGHOST: 'h', PGHOSTADDR: '10.0.0.1', db: 'd', at: 'h:5432' },
  ],

  [
    'encoded credentials',
    'postgresql://us%3Aer:p%40s%2Fs%3F%23%25%20%2B@h/d',
    { PGUSER: 'us:er', PGPASSWORD: 'p@s/s?#% +', PGHOST: 'h', db: 'd', at: 'h:5432' },
  ],
  [
    'unicode, encoded and not',
    'postgresql://j%C3%BCrg:pässwörd@h/データ',
    { PGUSER: 'jürg', PGPASSWORD: 'pässwörd', PGHOST: 'h', db: 'データ', at: 'h:5432' },
  ],
  [
    'a password with an @',
    'postgresql://u:p@ss@h/d',
    { PGUSER: 'u', PGPASSWORD: 'p@ss', PGHOST: 'h', db: 'd', at: 'h:5432' },
  ],
  [
    'a password with a #',
    'postgresql://u:p#ss@h/d',
    { PGUSER: 'u', PGPASSWORD: 'p#ss', PGHOST: 'h', db: 'd', at: 'h:5432' },
  ],
  [
    'a password with a ? and more',
    'postgresql://u:p?q=1:x@y@h/d',
    { PGUSER: 'u', PGPASSWORD: 'p?q=1:x@y', PGHOST: 'h', db: 'd', at: 'h:5432' },
  ],
  [
    'a password with a lone %',
    'postgresql://u:100%@h/d',
    { PGUSER: 'u', PGPASSWORD: '100%', PGHOST: 'h', db: 'd', at: 'h:5432' },
  ],
  [
    'a password with a % before no code',
    'postgresql://u:50%off%2Fday x@h/d',
    { PGUSER: 'u', PGPASSWORD: '50%off/day x', PGHOST: 'h', db: 'd', at: 'h:5432' },
  ],
  [
    'a password with a +',
    'postgresql://u:a+b@h/d',
    { PGUSER: 'u', PGPASSWORD: 'a+b', PGHOST: 'h', db: 'd', at: 'h:5432' },
  ],
  [
    'a user with an @, as Azure has them',
    'postgresql://user@server:pw@h/d',
    { PGUSER: 'user@server', PGPASSWORD: 'pw', PGHOST: 'h', db: 'd', at: 'h:5432' },
  ],
  [
    'a query with an @ and no path',
    'postgresql://u:p@h?application_name=a@b',
    { PGUSER: 'u', PGPASSWORD: 'p', PGHOST: 'h', PGAPPNAME: 'a@b', at: 'h:5432' },
  ],
  [
    'a query with a slash and no path',
    'postgresql://u@h?sslrootcert=/etc/ca.crt',
    { PGUSER: 'u', PGHOST: 'h', PGSSLROOTCERT: '/etc/ca.crt', at: 'h:5432' },
  ],

  [
    'an encoded database name',
    'postgresql://h/a%2Fb%3D%20c%3F%23%3A%40%26',
    { PGHOST: 'h', db: 'a/b= c?#:@&', at: 'h:5432' },
  ],
  ['a database named like an assignment', 'postgresql://h/a=b', { PGHOST: 'h', db: 'a=b', at: 'h:5432' }],
  [
    'a database named like a URL',
    'postgresql://h/postgresql%3A%2F%2Fx%2Fy',
    { PGHOST: 'h', db: 'postgresql://x/y', at: 'h:5432' },
  ],
  [
    'a database named like a connection',
    'postgresql://h/host%3Dx%20dbname%3Dy',
    { PGHOST: 'h', db: 'host=x dbname=y', at: 'h:5432' },
  ],
  [
    'a database with a line end and blanks',
    'postgresql://h/ a%0Ab\nc ?sslmode=allow',
    { PGHOST: 'h', PGSSLMODE: 'allow', db: ' a\nb\nc ', at: 'h:5432' },
  ],
  ['a database with a mark of a fragment', 'postgresql://h/d#1', { PGHOST: 'h', db: 'd#1', at: 'h:5432' }],
  ['a database named like a parent folder', 'postgresql://h/..', { PGHOST: 'h', db: '..', at: 'h:5432' }],
  ['a database with a second slash', 'postgresql://h/a/b', { PGHOST: 'h', db: 'a/b', at: 'h:5432' }],
  ['a database in the query', 'postgresql://h/d?dbname=e', { PGHOST: 'h', db: 'e', at: 'h:5432' }],

  [
    'parameters of libpq',
    'postgresql://h/d?sslmode=verify-full&sslrootcert=system&channel_binding=require&connect_timeout=7&target_session_attrs=read-write&options=-c%20geqo%3Doff&require_auth=scram-sha-256',
    {
      PGHOST: 'h',
      PGSSLMODE: 'verify-full',
      PGSSLROOTCERT: 'system',
      PGCHANNELBINDING: 'require',
      PGCONNECT_TIMEOUT: '7',
      PGTARGETSESSIONATTRS: 'read-write',
      PGOPTIONS: '-c geqo=off',
      PGREQUIREAUTH: 'scram-sha-256',
      db: 'd',
      at: 'h:5432',
    },
  ],
  [
    'a + in options stays one',
    'postgresql://h/d?options=-c+x',
    { PGHOST: 'h', PGOPTIONS: '-c+x', db: 'd', at: 'h:5432' },
  ],
  [
    "asyncpg's ssl",
    'postgresql+asyncpg://h/d?ssl=verify-ca',
    { PGHOST: 'h', PGSSLMODE: 'verify-ca', db: 'd', at: 'h:5432' },
  ],
  [
    "node-postgres' ssl",
    'postgresql://h/d?ssl=0',
    { PGHOST: 'h', PGSSLMODE: 'disable', db: 'd', at: 'h:5432' },
  ],
  [
    "node-postgres' no-verify",
    'postgresql://h/d?sslmode=no-verify',
    { PGHOST: 'h', PGSSLMODE: 'require', db: 'd', at: 'h:5432' },
  ],
  [
    'sslmode wins over ssl',
    'postgresql://h/d?sslmode=verify-full&ssl=true',
    { PGHOST: 'h', PGSSLMODE: 'verify-full', db: 'd', at: 'h:5432' },
  ],
  [
    'user and password in the query',
    'postgresql://h/d?user=u&password=a%26b',
    { PGHOST: 'h', PGUSER: 'u', PGPASSWORD: 'a&b', db: 'd', at: 'h:5432' },
  ],
  ['a service', 'postgresql:///d?service=foo', { PGSERVICE: 'foo', db: 'd', at: 'service foo' }],

  [
    'a key=value string',
    'host=localhost port=5433 dbname=d user=u password=p',
    { PGHOST: 'localhost', PGPORT: '5433', PGUSER: 'u', PGPASSWORD: 'p', db: 'd', at: 'localhost:5433' },
  ],
  [
    'quotes and backslashes in a key=value string',
    `host = h password='it\\'s \\\\ a=b' dbname=x\\ y`,
    { PGHOST: 'h', PGPASSWORD: "it's \\ a=b", db: 'x y', at: 'h:5432' },
  ],
  [
    'a value ending in quotes of a key=value string',
    `host=h dbname='my db'`,
    { PGHOST: 'h', db: 'my db', at: 'h:5432' },
  ],
  ['a service string', 'service=foo', { PGSERVICE: 'foo', at: 'service foo' }],
];

for (const [title, written, { db, at, ...env }] of forms) {
  test(`reads ${title}`, () => {
    const connection = parseConnection(written, {});
    assert.deepEqual(connection.env, env);
    assert.equal(connection.database, db);
    assert.equal(connection.describe, at);
    assert.deepEqual(connection.notices, []);
    assert.equal(connection.configured, true);
  });
}

const secret = 'hunter2';

const refused: readonly (readonly [title: string, written: string, message: RegExp])[] = [
  [
    'another database',
    `mysql://u:${secret}@h/d`,
    /^a mysql:\/\/ URL cannot be used: expected postgresql:\/\/$/,
  ],
  [
    'a driver suffix of another database',
    `mysql+asyncpg://u:${secret}@h/d`,
    /a mysql\+asyncpg:\/\/ URL cannot be used/,
  ],
  [
    "Prisma's own protocol",
    `prisma+postgres://h/?api_key=${secret}`,
    /a prisma\+postgres:\/\/ URL cannot be used/,
  ],
  ['a password with a slash', `postgresql://u:${secret}/x@h/d`, /\/ must be written as %2F/],
  ['a password of digits with a slash', `postgresql://u:12/${secret}@h/d`, /\/ must be written as %2F/],
  ['a password with an @ and a slash', `postgresql://u:${secret}@x/y@h/d`, /\/ must be written as %2F/],
  [
    'a password with a slash and a ?',
    `postgresql://u:${secret}/x?y@h/d`,
    /must be (written|percent-encoded)/,
  ],
  ['a port that is none', `postgresql://h:${secret}/d`, /host and port .* cannot be read/],
  ['a port that is too high', `postgresql://u:${secret}@h:99999/d`, /host and port .* cannot be read/],
  ['IPv6 without brackets', `postgresql://u:${secret}@::1/d`, /host and port .* cannot be read/],
  [
    'percent codes that are not UTF-8',
    `postgresql://u:${secret}%ff@h/d`,
    /the password .* percent codes that are not UTF-8/,
  ],
  ['a NUL character', `postgresql://u:${secret}@h/d%00`, /NUL/],
  ['a parameter without a value', `postgresql://h/d?${secret}`, /no =value/],
  ['an unknown sslmode', `postgresql://u:${secret}@h/d?sslmode=on`, /sslmode is none of disable, allow/],
  [
    'a service beside a host',
    `postgresql://u:${secret}@h/d?service=foo`,
    /a service and, beside it, its own host, user, password$/,
  ],
  ['a name alone', secret, /neither a postgresql:\/\/ URL nor a key=value string/],
  ['a path', `/var/run/${secret}`, /neither a postgresql:\/\/ URL/],
  ['one slash instead of two', `postgresql:/${secret}`, /neither a postgresql:\/\/ URL/],
  ['an open quote', `host=h password='${secret}`, /not a list of key=value pairs/],
  ['a blank in an unquoted value', `password=x ${secret}`, /not a list of key=value pairs/],
  ['an unknown key', `host=h ${secret}=1`, /a key that libpq does not know/],
  [
    'the connection string of .NET',
    `Host=h;Username=u;Password=${secret}`,
    /neither a postgresql:\/\/ URL nor a key=value string/,
  ],
];

for (const [title, written, message] of refused) {
  test(`refuses ${title} without repeating it`, () => {
    const error = failure(() => parseConnection(written, {}));
    assert.equal(error.code, 'usage');
    assert.match(error.message, message);
    assert.doesNotMatch(`${error.message} ${error.hint}`, new RegExp(secret));
  });
}

test('sets aside what libpq does not know or cannot be told, and names it', () => {
  const url =
    'postgresql://h/d?schema=public&pgbouncer=true&connection_limit=5&keepalives=1&client_encoding=latin1&sslpassword=x';
  const { env, notices } = parseConnection(url, {});
  assert.deepEqual(env, { PGHOST: 'h' });
  assert.deepEqual(notices, [
    'set aside, because pg_dump and psql cannot be told them: client_encoding, connection_limit, keepalives, pgbouncer, schema, sslpassword',
  ]);
});

test('says nothing on stderr about sslmode, and reads no certificate', t => {
  const warnings: unknown[] = [];
  const warned = (warning: unknown) => warnings.push(warning);
  process.on('warning', warned);
  t.after(() => process.off('warning', warned));
  parseConnection('postgresql://h/d?sslmode=require&sslcert=/nowhere/c&sslkey=/nowhere/k', {});
  assert.deepEqual(warnings, []);
});

test("takes libpq's variables when there is no URL, without those that change a dump", () => {
  const connection = parseConnection(undefined, {
    PGHOST: '/tmp',
    PGPORT: '5433',
    PGDATABASE: 'postgresql://a=b',
    PGUSER: 'u',
    PGPASSWORD: 'p',
    PGPASSFILE: '/p',
    PGSSLMODE: 'require',
    PGREQUIREAUTH: '',
    PGSYSCONFDIR: '/etc/pg',
    PGOPTIONS: '-c search_path=x',
    PGCLIENTENCODING: 'LATIN1',
    PGTZ: 'UTC',
    PGDATESTYLE: 'German',
    PGAPPNAME: 'x',
    PATH: '/bin',
  });
  assert.deepEqual(connection.env, {
    PGHOST: '/tmp',
    PGPORT: '5433',
    PGUSER: 'u',
    PGPASSWORD: 'p',
    PGPASSFILE: '/p',
    PGSSLMODE: 'require',
    PGSYSCONFDIR: '/etc/pg',
  });
  assert.equal(connection.database, 'postgresql://a=b');
  assert.equal(connection.describe, 'socket /tmp port 5433');
  assert.equal(connection.host, '/tmp');
  assert.equal(connection.configured, true);
});

test('beside a URL takes only the files of passwords and services from the environment', () => {
  const env = {
    PGHOST: 'other',
    PGPORT: '1',
    PGUSER: 'other',
    PGDATABASE: 'other',
    PGSERVICE: 'other',
    PGSSLMODE: 'disable',
    PGPASSFILE: '/passwords',
    PGSERVICEFILE: '/services',
    PGSYSCONFDIR: '/etc/pg',
    PGPASSWORD: 'p',
  };
  const files = { PGPASSFILE: '/passwords', PGSERVICEFILE: '/services', PGSYSCONFDIR: '/etc/pg' };
  assert.deepEqual(parseConnection('postgresql://u@h', env).env, {
    ...files,
    PGPASSWORD: 'p',
    PGUSER: 'u',
    PGHOST: 'h',
  });
  assert.equal(parseConnection('postgresql://u@h', env).database, undefined);
  assert.equal(parseConnection('postgresql://u:own@h', env).env.PGPASSWORD, 'own');
  assert.equal(parseConnection('postgresql://h?passfile=/own', env).env.PGPASSFILE, '/own');
});

test('knows when nothing at all says where to connect', () => {
  for (const url of [undefined, '', ' ', '""']) {
    assert.equal(parseConnection(url, { PGUSER: 'u', PGPORT: '5432' }).configured, false);
  }
  assert.equal(parseConnection(undefined, { PGSERVICE: 'foo' }).configured, true);
  assert.equal(missingConnection().exitCode, 2);
});

test('tells the one host, and none for services and lists', () => {
  assert.equal(parseConnection('postgresql://h/d', {}).host, 'h');
  assert.equal(parseConnection('postgresql:///d?hostaddr=127.0.0.1', {}).host, '127.0.0.1');
  assert.equal(parseConnection('postgresql://a,b/d', {}).host, undefined);
  assert.equal(parseConnection('postgresql:///d?service=s', {}).host, undefined);
  assert.equal(parseConnection('postgresql:///d', {}).host, undefined);
});

test('takes everything of PostgreSQL out of an environment and keeps the rest', () => {
  const env = {
    PATH: '/bin',
    HOME: '/h',
    LANG: 'C',
    EMPTY: '',
    PGHOST: 'h',
    PGDATA: '/d',
    PG_COLOR: 'always',
    PGNEW: '1',
    NONE: undefined,
  };
  assert.deepEqual(withoutLibpqVariables(env), { PATH: '/bin', HOME: '/h', LANG: 'C', EMPTY: '' });
});

test('finds an unreadable URL when the configuration is checked, but not a missing one', () => {
  assert.equal(localHybridOptions.safeParse({ url: undefined }).success, true);
  const result = localHybridOptions.safeParse({
    url: `mysql://u:${secret}@h`,
    binDirectory: 'bin',
    extra: 1,
  });
  assert.deepEqual(
    result.error?.issues.map(issue => issue.message),
    [
      'a mysql:// URL cannot be used: expected postgresql://',
      'expected an absolute path',
      'Unrecognized key: "extra"',
    ],
  );
});

function failure(action: () => unknown): OrchestrateError {
  try {
    action();
  } catch (error) {
    if (error instanceof OrchestrateError) return error;
    throw error;
  }
  assert.fail('nothing was thrown');
}
