import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkFile } from '../../src/operations/file/check-file.ts';
import { execute, rows } from '../stage/client.ts';
import { createDatabase } from '../stage/databases.ts';
import { hostServer } from '../stage/servers.ts';
import { hostTarget, targetProject } from '../stage/target-project.ts';
import { waitUntil } from '../stage/wait-until.ts';
import { testRun } from './backup-in-process.ts';

const commands = [
  ['restore', 'latest', '--force'],
  ['undo', '--force'],
  ['restore', 'latest', '--force'],
  ['backup'],
  ['prune', '--keep-last', '3'],
  ['restore', 'latest', '--force', '--mode', 'in-place'],
  ['undo', '--force'],
];

/** Kills so many runs, each at a moment of its own; after each the database is one whole state of those it had. */
export async function killRuns(count: number): Promise<void> {
  const server = await hostServer();
  const database = await createDatabase(server);
  await execute(
    server,
    database,
    `CREATE TABLE t AS SELECT 1 AS state, md5(n::text) AS s FROM generate_series(1, 20000) n; CREATE INDEX ON t (s)`,
  );
  const project = targetProject({ local: hostTarget(server, database) });
  const finish = async (args: readonly string[]) => {
    await waitUntil(`${args[0]} ends well`, async () => {
      const { exitCode, stderr } = await project.run(args);
      // What the killed one had begun on the server may still be at its last statement, with the lock.
      assert.ok(exitCode === 0 || exitCode === 8, stderr);
      return exitCode === 0;
    });
  };
  await finish(['backup']);
  const began = performance.now();
  await finish(['restore', 'latest', '--force']);
  const longest = Math.ceil(performance.now() - began);

  for (let round = 0; round < count; round += 1) {
    const args = commands[round % commands.length]!;
    const run = project.start(args);
    await sleep(randomInt(longest));
    run.kill('SIGKILL');
    await run.finished;
    const found = await rows<{ state: number; count: number }>(
      server,
      database,
      'SELECT state, count(*) FROM t GROUP BY state',
    );
    assert.deepEqual(found, [{ state: 1, count: 20000 }], `after ${args[0]}`);
    const backups = join(project.folder, 'backups');
    for (const name of readdirSync(backups).filter(name => /^[^.].*\.sql\.gz$/.test(name)))
      await checkFile({ path: join(backups, name), backup: undefined }, testRun(project.folder));
  }

  for (const args of [['backup'], ['restore', 'latest', '--force'], ['undo', '--force']]) await finish(args);
  const beside = `SELECT datname FROM pg_database WHERE starts_with(datname, '${database}_')`;
  const names = (await rows<{ datname: string }>(server, 'postgres', beside)).map(row => row.datname);
  assert.ok(names.length === 1 && names[0]!.includes('_undo_'), names.join(', '));
  const hidden = readdirSync(join(project.folder, 'backups')).filter(name => name.startsWith('.'));
  assert.deepEqual(hidden, ['.db-orchestrate-undo.local.json']);
}
