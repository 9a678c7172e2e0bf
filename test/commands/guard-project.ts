import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli } from '../stage/cli.ts';
import { clientEnv, execute, value } from '../stage/client.ts';
import { createDatabase } from '../stage/databases.ts';
import type { PgServer } from '../stage/part.ts';
import type { ProgramResult } from '../stage/run-program.ts';
import { hostServer } from '../stage/servers.ts';
import { hostTarget, type TargetProject, targetProject } from '../stage/target-project.ts';

/** A database with a table t, in the state 'before', and a project with commands that change it. */
export interface GuardProject extends TargetProject {
  readonly server: PgServer;
  readonly database: string;
  /** `before`, or `half` after half a migration. */
  state(): Promise<string>;
  reset(): Promise<void>;
  /** Without a terminal: options, then `--` and the command. */
  guard(...args: string[]): Promise<ProgramResult>;
  path(name: string): string;
  has(name: string): boolean;
}

/**
 * `./psql …` is psql on the database. `./migrate COMMAND…` does half a migration, then what the command does; all
 * without quotes, for a terminal: `./migrate ./exit3`.
 */
export async function guardProject(): Promise<GuardProject> {
  const server = await hostServer();
  const database = await createDatabase(server);
  await execute(server, database, `CREATE TABLE t AS SELECT 'before' AS s`);
  const closed = { adapter: 'local-hybrid', url: 'postgresql://nobody@127.0.0.1:1/nothing' };
  const project = targetProject({ local: hostTarget(server, database), closed });
  const path = (name: string) => join(project.folder, name);
  const script = (name: string, text: string) => {
    writeFileSync(path(name), `#!/bin/sh\n${text}\n`);
    chmodSync(path(name), 0o755);
  };
  const settings = Object.entries(clientEnv(server, database)).filter(([name]) => name.startsWith('PG'));
  const env = settings.map(([name, setting]) => `${name}='${setting.replaceAll("'", `'\\''`)}'`).join(' ');
  script('psql', `exec env ${env} '${join(server.binDirectory, 'psql')}' -Xq -v ON_ERROR_STOP=1 "$@"`);
  script('migrate', `./psql -c "UPDATE t SET s = 'half'; CREATE TABLE half_done ()" && "$@"`);
  script('exit3', 'exit 3');
  return {
    ...project,
    server,
    database,
    state: () => value(server, database, 'SELECT s FROM t'),
    reset: async () => {
      await execute(server, database, `UPDATE t SET s = 'before'; DROP TABLE IF EXISTS half_done`);
    },
    guard: (...args) => runCli(['guard', ...args], { cwd: project.folder }),
    path,
    has: name => existsSync(path(name)),
  };
}
