import assert from 'node:assert/strict';
import { before, beforeEach, describe, test } from 'node:test';
import { execute, rows, value } from '../stage/client.ts';
import { startContainer } from '../stage/containers.ts';
import { createDatabase, createRole } from '../stage/databases.ts';
import { openSession } from '../stage/open-session.ts';
import type { PgServer } from '../stage/part.ts';
import { privateServer } from '../stage/servers.ts';
import { containerTarget, hostTarget, type TargetProject, targetProject } from '../stage/target-project.ts';
import { waitUntil } from '../stage/wait-until.ts';
import { createGatedDatabase, type GatedDatabase } from './gated-database.ts';

const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

describe('a restore that is interrupted', () => {
  let server: PgServer;
  let gated: GatedDatabase;
  let project: TargetProject;

  before(async () => {
    // On a shared one the restore of another file could clear first what a killed one left here.
    server = await privateServer();
    gated = await createGatedDatabase(server);
    project = targetProject({ local: hostTarget(server, gated.database) });
    await project.must(['backup']);
  });
  beforeEach(() => execute(server, gated.database, `UPDATE t SET state = 'live'`));

  async function isUntouched(): Promise<void> {
    assert.equal(await value(server, gated.database, 'SELECT state FROM t'), 'live');
    assert.deepEqual(await gated.beside(), []);
    const sessions = `SELECT pid FROM pg_stat_activity WHERE starts_with(datname, '${gated.database}') AND application_name <> 'test'`;
    await waitUntil(
      'no session is left',
      async () => (await rows(server, 'postgres', sessions)).length === 0,
    );
  }

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    test(`by ${signal} while it loads leaves the live database, and nothing beside it`, async () => {
      const gate = await gated.close();
      const run = project.start(['restore', 'latest', '--force']);
      await gated.waiting();
      run.kill(signal);
      const { exitCode, stderr } = await run.finished;
      assert.equal(exitCode, codes[signal], stderr);
      assert.match(stderr, new RegExp(`error: interrupted by ${signal}`));
      await isUntouched();
      await gate.open();
    });
  }

  test('while the live database cannot be renamed yet leaves it as it was', async () => {
    const owner = await createRole(server, 'secret', 'CREATEDB');
    await execute(server, 'postgres', `ALTER DATABASE ${gated.database} OWNER TO ${owner}`);
    const login = { user: owner, password: 'secret' };
    const asOwner = targetProject({ local: hostTarget(server, gated.database, login) });
    const gate = await gated.close();
    const run = asOwner.start(['restore', project.newest(), '--force', '--no-owners']);
    await gated.waiting();
    // It came after the rights were checked, and only a superuser may end it.
    const user = openSession(server, gated.database);
    await user.execute('SELECT 1');
    await gate.open();
    await waitUntil('the restore waits for the session to go', async () => {
      const renaming = `SELECT pid FROM pg_stat_activity WHERE query LIKE 'ALTER DATABASE "${gated.database}" RENAME%' AND state = 'active'`;
      return (await rows(server, 'postgres', renaming)).length > 0;
    });
    run.kill('SIGTERM');
    const { exitCode, stderr } = await run.finished;
    assert.equal(exitCode, 143, stderr);
    await user.close();
    await isUntouched();
  });

  test('by SIGKILL is cleared by the next one, and other databases are not', async () => {
    const lookalikes = [
      `${gated.database}_restore_20261123`,
      `${gated.database}_restoring_0123abcd_0123ab`,
      `${'x'.repeat(32)}_restoring_0123abcd_0123ab`,
      `${gated.database}_undo_20261123_054200_0123ab`,
    ];
    for (const name of lookalikes) await execute(server, 'postgres', `CREATE DATABASE ${name}`);
    const gate = await gated.close();
    const run = project.start(['restore', 'latest', '--force']);
    await gated.waiting();
    run.kill('SIGKILL');
    await run.finished;
    await gate.open();
    const [left] = (await gated.beside()).filter(name => !lookalikes.includes(name));
    assert.ok(left);
    await waitUntil('the lock is gone', async () => {
      const locks = `SELECT pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE locktype = 'advisory' AND classid = x'64626f72'::int::oid AND to_hex(objid::bigint) = ltrim('${left.split('_').at(-2)}', '0')`;
      return (await rows(server, 'postgres', locks)).length === 0;
    });

    const next = await project.run(['restore', 'latest', '--force']);
    assert.equal(next.exitCode, 0, next.stderr);
    assert.match(next.stderr, new RegExp(`cleared what an interrupted restore left: database ${left}`));
    assert.equal(await value(server, gated.database, 'SELECT state FROM t'), 'from the backup');
    const all = await rows<{ datname: string }>(server, 'postgres', 'SELECT datname FROM pg_database');
    const names = all.map(({ datname }) => datname);
    assert.deepEqual(
      lookalikes.filter(name => !names.includes(name)),
      [],
    );
    assert.equal(names.includes(left), false);
    for (const name of lookalikes) await execute(server, 'postgres', `DROP DATABASE ${name}`);
  });

  test('never: what a living one fills is let be by others, who may not work on the same database', async () => {
    const gate = await gated.close();
    const run = project.start(['restore', 'latest', '--force']);
    await gated.waiting();
    for (const command of [['restore', 'latest', '--force'], ['backup'], ['undo', '--force']]) {
      const other = await project.run(command);
      assert.equal(other.exitCode, 8, other.stderr);
      assert.match(other.stderr, /another run works on database .*: db-orchestrate [0-9a-f]{8} since 2/);
    }
    const elsewhere = targetProject({ local: hostTarget(server, await createDatabase(server)) });
    await elsewhere.must(['backup']);
    await elsewhere.must(['restore', 'latest', '--force']);
    await gate.open();
    const { exitCode, stderr } = await run.finished;
    assert.equal(exitCode, 0, stderr);
    assert.equal(await value(server, gated.database, 'SELECT state FROM t'), 'from the backup');
  });
});

test('in a container an interrupted restore leaves the live database, no new one, and no program', async () => {
  const container = await startContainer({ publish: true });
  const server = await container.server();
  const gated = await createGatedDatabase(server);
  const project = targetProject({ docker: containerTarget(container, gated.database) });
  await project.must(['backup']);
  await execute(server, gated.database, `UPDATE t SET state = 'live'`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const gate = await gated.close();
    const run = project.start(['restore', 'latest', '--force']);
    await gated.waiting();
    run.kill(signal);
    const { exitCode, stderr } = await run.finished;
    assert.equal(exitCode, codes[signal], stderr);
    await gate.open();
    assert.equal(await value(server, gated.database, 'SELECT state FROM t'), 'live');
    assert.deepEqual(await gated.beside(), []);
  }
  await waitUntil('no psql is left in the container', async () => {
    const { stdout } = await container.exec(['ps', '-e', '-o', 'comm']);
    return !/\bpsql\b/.test(stdout);
  });
});
