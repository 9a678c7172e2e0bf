import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { execute, pgProgram } from '../stage/client.ts';
import { createDatabase } from '../stage/databases.ts';
import { openSession } from '../stage/open-session.ts';
import type { PgServer } from '../stage/part.ts';
import { hostServer } from '../stage/servers.ts';
import { hostTarget, targetProject } from '../stage/target-project.ts';
import { waitUntil } from '../stage/wait-until.ts';

interface Manifest {
  rawBytes: number;
  bytes: number;
  parts: { bytes: number; rawBytes: number }[];
}

let server: PgServer;
let database: string;
const megabytes5 = 'generate_series(1, 6000) n, LATERAL (SELECT repeat(md5(n::text), 30) AS x) AS l';

before(async () => {
  server = await hostServer();
  database = await createDatabase(server);
  await execute(
    server,
    database,
    `CREATE SCHEMA "Odd \\ 'Schema'";
     CREATE TABLE "Odd \\ 'Schema'"."new
line ""x""" ("Id \\" int, "select" text, gone int, twice int GENERATED ALWAYS AS ("Id \\" * 2) STORED, é text, at timestamptz, f float8);
     ALTER TABLE "Odd \\ 'Schema'"."new
line ""x""" DROP COLUMN gone;
     INSERT INTO "Odd \\ 'Schema'"."new
line ""x""" ("Id \\", "select", é, at, f) SELECT n, x, 'é', now(), n / 3.0 FROM ${megabytes5};
     CREATE TABLE parent (id int, x text); CREATE TABLE child (more int) INHERITS (parent);
     INSERT INTO parent SELECT n, x FROM ${megabytes5}; INSERT INTO child SELECT n, x, n FROM ${megabytes5};
     CREATE UNLOGGED TABLE unlogged AS SELECT n, x FROM ${megabytes5};
     CREATE TABLE ranges (n int, x text) PARTITION BY RANGE (n);
     CREATE TABLE low PARTITION OF ranges FOR VALUES FROM (0) TO (5000);
     CREATE TABLE high PARTITION OF ranges DEFAULT; INSERT INTO ranges SELECT n, x FROM ${megabytes5};
     CREATE TYPE mood AS ENUM ('a', 'b', 'c');
     CREATE TABLE hashed (m mood, x text) PARTITION BY HASH (m);
     CREATE TABLE hashed_0 PARTITION OF hashed FOR VALUES WITH (modulus 1, remainder 0);
     INSERT INTO hashed SELECT (ARRAY['a', 'b', 'c']::mood[])[1 + n % 3], x FROM ${megabytes5};
     CREATE TABLE secured AS SELECT n, x FROM ${megabytes5}; ALTER TABLE secured ENABLE ROW LEVEL SECURITY;
     CREATE TABLE small (id serial PRIMARY KEY, t text); INSERT INTO small (t) VALUES ('COPY x FROM stdin;'), (E'\\\\.');
     CREATE MATERIALIZED VIEW seen AS SELECT count(*) FROM parent; SELECT lo_from_bytea(0, 'large');
     CREATE TABLE large (id int PRIMARY KEY, x text); ALTER TABLE large ALTER x SET STORAGE EXTERNAL;
     INSERT INTO large SELECT n, repeat(md5(n::text), 30) FROM generate_series(1, 45000) n;
     UPDATE large SET id = -id WHERE id % 7 = 0; DELETE FROM large WHERE id BETWEEN 15000 AND 30000;
     INSERT INTO large SELECT n, repeat('z', 3000) FROM generate_series(50001, 51000) n;
     CREATE INDEX ON child (id); COMMENT ON TABLE small IS E'-- Data for Name: x; Type: TABLE DATA; Schema: y; Owner: -\\nx'`,
  );
});

async function backup(settings: object = { jobs: 6 }): Promise<{ path: string; manifest: Manifest }> {
  const project = targetProject({ local: hostTarget(server, database) }, settings);
  await project.must(['backup']);
  const path = project.newest();
  return { path, manifest: JSON.parse(readFileSync(`${path}.json`, 'utf8')) };
}

/** The text without its rows, and the rows of each table with their heading; owners and keys taken out. */
function taken(text: string): { rest: string; rows: string[] } {
  const withoutOwners = text.replace(/^-- Owners and privileges of the same snapshot[\s\S]*?\n\n/m, '');
  const plain = withoutOwners.replaceAll(/^\\(un)?restrict .*$/gm, '');
  const block =
    /^--\n-- Data for Name: .*; Type: TABLE DATA; .*\n--\n\n(?:-- load via .*\n)?COPY [\s\S]*?^\\\.\n\n\n/gm;
  return { rest: plain.replaceAll(block, ''), rows: (plain.match(block) ?? []).sort() };
}

test('tables read side by side give word for word what one pg_dump prints, up to their order', async () => {
  const { path, manifest } = await backup();
  assert.ok(manifest.parts.length >= 4, JSON.stringify(manifest.parts));
  const ours = taken(gunzipSync(readFileSync(path)).toString());
  const theirs = taken((await pgProgram(server, database, ['pg_dump', '-O', '-x'])).stdout);
  assert.equal(ours.rest, theirs.rest);
  assert.deepEqual(
    ours.rows.map(block => block.split('\n')[1]),
    theirs.rows.map(block => block.split('\n')[1]),
  );
  assert.ok(ours.rows.every((block, index) => block === theirs.rows[index]));
});

test('the manifest says where the parts are, each gzip of its own: whole tables, or some of the rows of a large one', async () => {
  const { path, manifest } = await backup();
  const stored = readFileSync(path);
  let at = 0;
  const texts = manifest.parts.map(({ bytes, rawBytes }) => {
    const text = gunzipSync(stored.subarray(at, at + bytes)).toString();
    assert.equal(Buffer.byteLength(text), rawBytes);
    at += bytes;
    return text;
  });
  assert.equal(at, stored.length);
  assert.equal(manifest.rawBytes, gunzipSync(stored).length);
  const rowParts = texts.slice(1, -1);
  const begins = rowParts.map(text => /^--\n-- Data for Name: [^\n]*\n--\n\nCOPY /.test(text));
  const ends = rowParts.map(text => text.endsWith('\n\\.\n\n\n'));
  assert.deepEqual(begins, [true, ...ends.slice(0, -1)]);
  assert.equal(ends.at(-1), true);
  const [first, ...others] = rowParts.slice(0, ends.indexOf(true) + 1);
  assert.match(first!, /\nCOPY public\.large /);
  assert.ok(others.length > 0);
  for (const text of others) assert.match(text, /^(?:$|-?\d+\t(?:[0-9a-f]{960}|z+)\n)/);
});

test('it is the same without igzip', async () => {
  const project = targetProject({ local: hostTarget(server, database) }, { jobs: 2 });
  await project.must(['backup'], { env: { PATH: '/nowhere' } });
  const manifest: Manifest = JSON.parse(readFileSync(`${project.newest()}.json`, 'utf8'));
  assert.ok(manifest.parts.length >= 4);
  assert.equal(gunzipSync(readFileSync(project.newest())).length, manifest.rawBytes);
  assert.equal((await project.must<{ same: boolean }>(['diff', 'latest', 'live'])).same, true);
});

test('with jobs: 1 one pg_dump does it all', async () => {
  assert.equal((await backup({ jobs: 1 })).manifest.parts.length, 1);
});

test('somebody who waits to change a table makes one pg_dump do it all, when the table is free again', async () => {
  const project = targetProject({ local: hostTarget(server, database) }, { jobs: 2 });
  const reader = await openSession(server, database);
  const changer = await openSession(server, database);
  await reader.execute('BEGIN; LOCK TABLE parent IN ACCESS SHARE MODE');
  const change = changer.execute('ALTER TABLE parent ADD COLUMN late int');
  const running = project.start(['--verbose', 'backup']);
  await waitUntil('it gives way', () => running.stderrSoFar().includes('one pg_dump does it all'));
  await reader.execute('COMMIT');
  await change;
  const { exitCode, stderr } = await running.finished;
  assert.equal(exitCode, 0, stderr);
  await changer.execute('ALTER TABLE parent DROP COLUMN late');
});

test('a proof and a comparison read large tables side by side too', async () => {
  const project = targetProject({ local: hostTarget(server, database) }, { jobs: 6 });
  await project.must(['backup']);
  const verified = await project.run(['--verbose', 'verify', 'latest']);
  assert.equal(verified.exitCode, 0, verified.stderr);
  const same = await project.run(['--verbose', 'diff', 'latest', 'live']);
  assert.match(same.stdout, /no difference/);
  for (const { stderr } of [verified, same]) assert.doesNotMatch(stderr, /one pg_dump does it all/);
  await execute(server, database, "UPDATE high SET x = 'another' WHERE n = 5500");
  const changed = await project.run(['--json', 'diff', 'latest', 'live']);
  const { tables } = JSON.parse(changed.stdout) as { tables: { name: string; same: boolean }[] };
  assert.deepEqual(
    tables.filter(({ same }) => !same).map(({ name }) => name),
    ['public.high'],
  );
});
