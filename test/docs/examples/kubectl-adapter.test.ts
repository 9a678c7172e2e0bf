import assert from 'node:assert/strict';
import { chmodSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { before, describe, test } from 'node:test';
import { loadAdapters } from '../../../src/config/load-adapters.ts';
import { adapterContract } from '../../../src/testing/adapter-contract.ts';
import { cleanEnv } from '../../stage/cli.ts';
import { execute, pgEnv, value } from '../../stage/client.ts';
import { createDatabase } from '../../stage/databases.ts';
import type { PgServer } from '../../stage/part.ts';
import { programsNamed } from '../../stage/programs-named.ts';
import { projectFolder } from '../../stage/project-folder.ts';
import { hostServer } from '../../stage/servers.ts';
import { type TargetProject, targetProject } from '../../stage/target-project.ts';

const example = resolve(import.meta.dirname, '../../../docs/examples/kubectl-adapter.ts');
const adapter = (await loadAdapters([example], '/', [])).get(example)!;

/**
 * Knows one pod, db-0, which is this machine with another environment. As with the real one, what it started goes on
 * when it is ended itself; all that was given to it is written down.
 */
const kubectl = `#!/bin/sh
printf '%s\\n' "$@" >>"$KUBECTL_LOG"
case "$*" in
  'exec --stdin --namespace default db-0 -- '*) shift 6;;
  *) echo 'Error from server (NotFound): pods "'"$5"'" not found' >&2; exit 1;;
esac
if [ $# -eq 0 ]; then exit 1; fi
exec 3<&0
env -i PATH="$POD_PATH" PGHOST="$POD_HOST" PGPORT="$POD_PORT" LC_ALL=C DBO_STAGE="$DBO_STAGE" "$@" <&3 3<&- &
exec 3<&-
wait $!
`;

function pod(server: PgServer): { env: Record<string, string>; log: () => string } {
  const folder = projectFolder({ 'bin/kubectl': kubectl, log: '' });
  chmodSync(join(folder, 'bin/kubectl'), 0o755);
  const env = {
    ...cleanEnv(),
    PATH: `${join(folder, 'bin')}:/usr/bin:/bin`,
    KUBECTL_LOG: join(folder, 'log'),
    POD_PATH: `${server.binDirectory}:/usr/bin:/bin`,
    POD_HOST: server.host,
    POD_PORT: String(server.port),
  };
  return { env, log: () => readFileSync(join(folder, 'log'), 'utf8') };
}

adapterContract(adapter, async () => {
  const server = await hostServer();
  const { user, password } = server;
  return {
    options: { pod: 'db-0', namespace: 'default', user, password, database: 'postgres' },
    unreachable: { pod: 'db-9', namespace: 'default', user, password, database: 'postgres' },
    secrets: [password],
    env: pod(server).env,
    programs: programsNamed,
  };
});

describe('the example of an adapter for kubectl', () => {
  let server: PgServer;
  let database: string;
  let project: TargetProject;
  let env: Record<string, string>;
  let log: () => string;
  before(async () => {
    server = await hostServer();
    database = await createDatabase(server, { suffix: " it's" });
    ({ env, log } = pod(server));
    const { PGUSER: user, PGPASSWORD: password } = pgEnv(server, database);
    project = targetProject({ pod: { adapter: example, pod: 'db-0', user, password, database } });
    await execute(server, database, `CREATE TABLE t AS SELECT generate_series(1, 1000) AS n`);
  });

  test('backs up, proves, and restores, and no argument has the password', async () => {
    await project.must(['backup'], { env });
    await execute(server, database, 'DELETE FROM t WHERE n > 10');
    await project.must(['restore', 'latest', '--force'], { env });
    assert.equal(await value(server, database, 'SELECT count(*) FROM t'), 1000);
    await project.must(['undo', '--force'], { env });
    assert.equal(await value(server, database, 'SELECT count(*) FROM t'), 10);
    assert.match(log(), /^pg_dump$/m);
    assert.ok(!log().includes(server.password));
  });

  test('is shown by targets, as it is reached and as it is not', async () => {
    const { targets } = await project.must<{ targets: Record<string, unknown>[] }>(['targets'], { env });
    assert.equal(targets[0]?.adapter, 'kubectl');
    assert.equal(targets[0]?.where, 'pod default/db-0');
    assert.equal(targets[0]?.reachable, true);
    const without = await project.must<{ targets: Record<string, unknown>[] }>(['targets'], {
      env: { ...env, PATH: '/nowhere' },
    });
    assert.match(
      String(without.targets[0]?.detail),
      /^there is no kubectl on this host to start psql in pod/,
    );
  });
});
