import assert from 'node:assert/strict';
import { test } from 'node:test';
import { containerAdapter } from '../../adapters/container/adapter.ts';
import { localHybrid } from '../../adapters/local-hybrid/adapter.ts';
import type { Server } from '../../src/contract/adapter.ts';
import type { RunContext } from '../../src/contract/run-context.ts';
import { testRun } from '../operations/backup-in-process.ts';
import { connectionUrl, pgDump } from '../stage/client.ts';
import { startContainer } from '../stage/containers.ts';
import { runProgram } from '../stage/run-program.ts';
import { hostServer } from '../stage/servers.ts';

const listing = ['ps', 'ax', '-o', 'args'];

test('pg_restore ends, on this host and in a container, with a run that is interrupted', async () => {
  const [here, { engine, id, exec }] = [await hostServer(), await startContainer()];
  const archive = await pgDump(here, 'postgres', ['-Fc']);
  const url = connectionUrl(here, 'postgres');
  await endsWith(
    run => localHybrid.open({ url, binDirectory: here.binDirectory }, run),
    async () => (await runProgram(listing)).stdout,
  );
  await endsWith(
    run => containerAdapter.open({ container: id, docker: { host: engine.host } }, run),
    async () => (await exec(listing)).stdout,
  );

  async function endsWith(
    open: (run: RunContext) => Promise<Server>,
    programs: () => Promise<string>,
  ): Promise<void> {
    const interruption = new AbortController();
    const run = testRun('/', { signal: interruption.signal });
    const server = await open(run);
    const pgRestore = await server.unpack();
    pgRestore.stdin.write(archive.subarray(0, 100));
    assert.match(await programs(), new RegExp(`pg_restore .*--restrict-key=${run.id}`));
    interruption.abort();
    await assert.rejects(pgRestore.done, { name: 'ClientFailure', program: 'pg_restore' });
    assert.doesNotMatch(await programs(), new RegExp(`--restrict-key=${run.id}`));
    await server.close();
  }
});
