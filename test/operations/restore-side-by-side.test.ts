import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { parseManifest } from '../../src/catalog/manifest.ts';
import { checkFile } from '../../src/operations/file/check-file.ts';
import { loadDatabase } from '../../src/operations/load/load-database.ts';
import { connectionUrl, execute, rows, value } from '../stage/client.ts';
import { startContainer } from '../stage/containers.ts';
import { createDatabase, createRole } from '../stage/databases.ts';
import { differences, type Fingerprint, fingerprint } from '../stage/fingerprint.ts';
import { openSession } from '../stage/open-session.ts';
import type { PgServer } from '../stage/part.ts';
import { hostServer } from '../stage/servers.ts';
import { containerTarget, hostTarget, type TargetProject, targetProject } from '../stage/target-project.ts';
import { waitUntil } from '../stage/wait-until.ts';
import { localTarget, testRun } from './backup-in-process.ts';
import { putInParts } from './file-in-parts.ts';

const key = 7_919_001;
const tables = ['public.a', 'public.b', 'public.d'];

/** What is added to it waits as long as a lock is held: rows of a and b, and indexes on c. */
const sample = `
  CREATE FUNCTION gate(n int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$
  BEGIN
    WHILE EXISTS (SELECT FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND objid = ${key}::oid AND objsubid = 1) LOOP
      PERFORM pg_catalog.pg_sleep(0.05);
    END LOOP;
    RETURN n;
  END $$;
  CREATE TABLE a (n int PRIMARY KEY CHECK (gate(n) = n), s text);
  CREATE TABLE b (n int PRIMARY KEY, a int NOT NULL REFERENCES a, s text CHECK (gate(1) = 1));
  CREATE TABLE c (n serial PRIMARY KEY, a int UNIQUE REFERENCES a, b int REFERENCES b);
  CREATE TABLE p (n int, c int REFERENCES c, a int REFERENCES a) PARTITION BY RANGE (n);
  CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (100);
  CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (100) TO (1000);
  ALTER TABLE p ADD PRIMARY KEY (n);
  ALTER TABLE c ADD COLUMN p int REFERENCES p;
  ALTER TABLE p1 ADD FOREIGN KEY (a) REFERENCES b;
  CREATE TABLE d (n int PRIMARY KEY, s text UNIQUE);
  INSERT INTO d SELECT n, md5(n::text) FROM generate_series(1, 100) n;
  CREATE INDEX of_d ON d (s DESC) INCLUDE (n) WITH (fillfactor = 70);
  CREATE INDEX expression_of_d ON d (lower(s));
  INSERT INTO a SELECT n, md5(n::text) FROM generate_series(1, 2000) n;
  INSERT INTO b SELECT n, n, 'b' || n FROM generate_series(1, 1000) n;
  INSERT INTO c (a, b) SELECT n, n FROM generate_series(1, 500) n;
  INSERT INTO p SELECT n, n, n FROM generate_series(1, 400) n;
  CREATE INDEX and_of_c ON c (gate(n));
  CREATE INDEX also_of_c ON c (gate(a));
  COMMENT ON INDEX also_of_c IS 'for ''lists''';
  CREATE INDEX of_a ON a (s) WITH (fillfactor = 70);
  ALTER TABLE a CLUSTER ON of_a;
  ALTER TABLE b REPLICA IDENTITY USING INDEX b_pkey;
  CREATE VIEW of_key AS SELECT a.n, a.s, count(*) FROM a JOIN b ON b.a = a.n GROUP BY a.n;
  CREATE MATERIALIZED VIEW m AS SELECT n % 10 AS digit, count(*) FROM a GROUP BY 1;
  CREATE UNIQUE INDEX of_m ON m (digit);
  COMMENT ON CONSTRAINT b_a_fkey ON b IS 'of a';`;

describe('a restore by several sessions', () => {
  let server: PgServer;
  let database: string;
  let whole: Fingerprint;
  let project: TargetProject;
  let starts: readonly number[];

  before(async () => {
    server = await hostServer();
    database = await createDatabase(server);
    await execute(server, database, sample);
    whole = await fingerprint(server, database);
    project = targetProject({ local: hostTarget(server, database) });
    await project.must(['backup']);
    ({ starts } = putInParts(project.newest(), tables));
  });

  /** Two at least that do so stand at the gate at the same time. */
  function together(words: string, at: PgServer, name = database): Promise<void> {
    return waitUntil(`two sessions at once: ${words}`, async () => {
      const such = `SELECT pid FROM pg_stat_activity
        WHERE query LIKE '${words}%' AND state = 'active' AND datname LIKE '${name}\\_restoring%'`;
      return (await rows(at, 'postgres', such)).length > 1;
    });
  }

  /** Holds a restore at the gate until two of its sessions stand there. */
  async function held(
    words: string,
    at: PgServer,
    of: TargetProject,
    file: string,
    name?: string,
  ): Promise<void> {
    const gate = openSession(at, 'postgres');
    await gate.execute(`SELECT pg_advisory_lock(${key})`);
    const run = of.start(['restore', file, '--force']);
    const ended = run.finished.then(({ stderr }) => {
      throw new Error(`it has ended: ${stderr}`);
    });
    await Promise.race([together(words, at, name), ended]).finally(gate.close);
    const { exitCode, stderr } = await run.finished;
    assert.equal(exitCode, 0, stderr);
    await ended.catch(() => undefined);
  }

  test('loads rows of several parts at the same time', async () => {
    await held('COPY public.', server, project, 'latest');
    assert.deepEqual(differences(whole, await fingerprint(server, database)), []);
  });

  test('builds what reads nothing but columns of a table that has its rows, while others wait for theirs', async () => {
    const gate = openSession(server, 'postgres');
    await gate.execute(`SELECT pg_advisory_lock(${key})`);
    const { finished } = project.start(['restore', 'latest', '--force', '--jobs', '3']);
    const beside = `SELECT datname FROM pg_database WHERE datname LIKE '${database}\\_restoring%'`;
    const built = "SELECT count(*) = 3 FROM pg_index WHERE indrelid = to_regclass('public.d') AND indisvalid";
    try {
      await together('COPY public.', server);
      await waitUntil('the indexes of d', async () => {
        const [found] = await rows<{ datname: string }>(server, 'postgres', beside);
        return value(server, found!.datname, built);
      });
    } finally {
      await gate.close();
    }
    const { exitCode, stderr } = await finished;
    assert.equal(exitCode, 0, stderr);
    assert.deepEqual(differences(whole, await fingerprint(server, database)), []);
  });

  test('builds indexes at the same time, of a file that one reader reads too', async () => {
    await held('CREATE INDEX', server, project, rowsOfNoGate());
  });

  /** The same without the checks that wait. */
  function rowsOfNoGate(): string {
    const sql = gunzipSync(readFileSync(project.newest())).toString();
    const path = join(project.folder, 'no-gate.sql.gz');
    writeFileSync(path, gzipSync(sql.replaceAll(/CHECK \(\(public\.gate\(\w+\) = \w+\)\)/g, 'CHECK (true)')));
    return path;
  }

  test('through a container gives the same', async () => {
    const container = await startContainer({ publish: true });
    const inside = await container.server();
    const name = await createDatabase(inside);
    await execute(inside, name, sample);
    const before = await fingerprint(inside, name);
    const docker = targetProject({ docker: containerTarget(container, name) });
    await docker.must(['backup']);
    putInParts(docker.newest(), tables);
    await held('COPY public.', inside, docker, 'latest', name);
    assert.deepEqual(differences(before, await fingerprint(inside, name)), []);
  });

  test('proves', async () => {
    await project.must(['verify', 'latest']);
  });

  for (const [where, part, letters] of [
    ['the first', 0, / dump$/m],
    ['a middle', 1, /(?<=^1\t).{5}/m],
    ['the next, with more rows of the same table,', 2, /(?<=^2000\t).{5}/m],
    ['the last', 5, / comp/],
  ] as const) {
    test(`refuses a file of which ${where} part changes between the check and the load`, async () => {
      const path = join(project.folder, 'changing.sql.gz');
      const stored = readFileSync(project.newest());
      writeFileSync(path, stored);
      const manifest = parseManifest(readFileSync(`${project.newest()}.json`, 'utf8'))!;
      const backup = { manifest, startedAt: new Date() } as unknown as NonNullable<
        Parameters<typeof checkFile>[0]['backup']
      >;
      const run = testRun(project.folder);
      const file = await checkFile({ path, backup }, run);
      assert.equal(file.parts?.texts.length, 6);
      const { bytes } = manifest.parts![part]!;
      const start = starts[part]!;
      const member = gunzipSync(stored.subarray(start, start + bytes)).toString('latin1');
      const other = gzipSync(Buffer.from(member.replace(letters, ' DUMP'), 'latin1'), { level: 0 });
      assert.notEqual(other.compare(stored.subarray(start, start + bytes)), 0);
      assert.equal(other.length, bytes);
      other.copy(stored, start);
      writeFileSync(path, stored);
      const { adapter, options } = localTarget(connectionUrl(server, database), project.folder, {
        binDirectory: server.binDirectory,
      });
      const open = await adapter.open(options, run);
      const empty = await createDatabase(server);
      try {
        const load = loadDatabase(file, empty, open, run, { leaveOut: [], jobs: 2 });
        await assert.rejects(load, (error: { code?: string; message: string }) => {
          assert.match(`${error.code} ${error.message}`, /^bad-file .*changed while it was being restored/);
          return true;
        });
      } finally {
        await open.close();
      }
    });
  }

  test('names the index that cannot be built', async () => {
    const sql = gunzipSync(readFileSync(project.newest())).toString();
    const path = join(project.folder, 'twice.sql.gz');
    writeFileSync(
      path,
      gzipSync(
        sql
          .replace('CREATE INDEX of_a ON public.a', 'CREATE UNIQUE INDEX of_a ON public.b')
          .replace(/^(1\t1\tb)1$/m, '$12'),
      ),
    );
    const { exitCode, stderr } = await project.run(['restore', path, '--force', '--target', 'local']);
    assert.equal(exitCode, 6, stderr);
    assert.match(stderr, /index of_a on public\.b: ERROR: +could not create unique index "of_a"/);
    const beside = `SELECT datname FROM pg_database WHERE datname LIKE '${database}\\_restoring%'`;
    assert.deepEqual(await rows(server, 'postgres', beside), []);
    assert.equal(await value(server, database, 'SELECT count(*) FROM a'), 2000);
  });

  test('needs no more connections than the role may have', async () => {
    const owner = await createRole(server, 'secret', 'CREATEDB CONNECTION LIMIT 4');
    const own = await createDatabase(server, { options: `OWNER ${owner}` });
    const login = { user: owner, password: 'secret' };
    const few = targetProject({ local: hostTarget(server, own, login) });
    await few.must(['restore', project.newest(), '--force', '--no-owners', '--target', 'local']);
    assert.equal(await value(server, own, 'SELECT count(*) FROM a'), 2000);
  });
});
