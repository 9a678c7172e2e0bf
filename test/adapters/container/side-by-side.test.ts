import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { execute } from '../../stage/client.ts';
import { startContainer } from '../../stage/containers.ts';
import { containerTarget, targetProject } from '../../stage/target-project.ts';

test('large tables of a container are read side by side, and what comes out is the database', async () => {
  const container = await startContainer({ publish: true });
  await execute(
    await container.server(),
    container.database,
    `CREATE TABLE one AS SELECT n, repeat(md5(n::text), 30) AS x FROM generate_series(1, 6000) n;
     CREATE TABLE two AS TABLE one; CREATE TABLE three (id serial, t text); INSERT INTO three (t) VALUES ('x')`,
  );
  const project = targetProject({ docker: containerTarget(container) }, { jobs: 2 });
  await project.must(['backup']);
  const manifest = JSON.parse(readFileSync(`${project.newest()}.json`, 'utf8'));
  assert.equal(manifest.parts.length, 4);
  assert.equal((await project.must<{ same: boolean }>(['diff', 'latest', 'live'])).same, true);
});
