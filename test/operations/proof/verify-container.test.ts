import assert from 'node:assert/strict';
import { test } from 'node:test';
import { afterFile } from '../../stage/after-file.ts';
import { execute } from '../../stage/client.ts';
import { startContainer } from '../../stage/containers.ts';
import { uniqueName } from '../../stage/databases.ts';
import { containerTarget, hostTarget, targetProject } from '../../stage/target-project.ts';

/** An extension as an image may bring one that nobody else has. */
const layExtension = `
  folder=$(ls -d /usr/share/postgresql/*/extension) &&
  printf "default_version = '1.0'\\nrelocatable = true\\n" > $folder/only_here.control &&
  echo "CREATE FUNCTION answer() RETURNS int LANGUAGE sql AS 'SELECT 42';" > $folder/only_here--1.0.sql`;

test('a backup proves in the image of its container, extensions included, also when that container is stopped', async () => {
  const template = await startContainer();
  await template.exec(['sh', '-c', layExtension]);
  const imageName = `${uniqueName('image')}:latest`;
  await template.docker(['commit', template.id, imageName]);
  afterFile(async () => void (await template.docker(['rmi', '-f', imageName])));
  await template.remove();

  const container = await startContainer({ imageName, publish: true });
  const server = await container.server();
  await execute(
    server,
    container.database,
    'CREATE EXTENSION only_here; CREATE TABLE t (id int DEFAULT answer()); INSERT INTO t DEFAULT VALUES',
  );
  const project = targetProject(
    { docker: containerTarget(container), port: hostTarget(server, container.database) },
    { defaultTarget: 'docker' },
  );
  await project.must(['backup', '--all-targets']);
  assert.equal((await project.must<{ proven: boolean }>(['verify', 'latest'])).proven, true);

  const onHost = await project.run(['verify', 'latest', '--target', 'port']);
  assert.equal(onHost.exitCode, 4);
  assert.match(onHost.stderr, /extensions that the server does not have: only_here/);

  await container.docker(['stop', '-t', '1', container.id]);
  assert.equal((await project.must<{ proven: boolean }>(['verify', 'latest'])).proven, true);
  const { stdout } = await container.docker(['ps', '-a', '--filter', 'label=db-orchestrate.scratch', '-q']);
  assert.equal(stdout, '');
});
