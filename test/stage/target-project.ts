import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type CliOptions, callCli, startCli } from './cli.ts';
import { connectionUrl } from './client.ts';
import type { Container } from './containers.ts';
import type { PgServer } from './part.ts';
import { projectFolder } from './project-folder.ts';
import type { ProgramResult, RunningProgram } from './run-program.ts';

/** A folder with a configuration, and the tool run in it: called, but for `start`, which makes a process of it. */
export interface TargetProject {
  readonly folder: string;
  /** Whatever its exit code. */
  run(args: readonly string[], options?: CallOptions): Promise<ProgramResult>;
  /** With --json; has to succeed. */
  must<Document>(args: readonly string[], options?: CallOptions): Promise<Document>;
  start(args: readonly string[], options?: CliOptions): RunningProgram;
  /** The newest backup's path. */
  newest(): string;
}

type CallOptions = Pick<CliOptions, 'cwd' | 'env'>;

export function targetProject(
  targets: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  settings: object = {},
): TargetProject {
  const config = JSON.stringify({ name: 'test', ...settings, targets });
  const folder = projectFolder({ 'backup.config.json': config });
  const project: TargetProject = {
    folder,
    run: (args, options) => callCli(args, { cwd: folder, ...options }),
    start: (args, options) => startCli(args, { cwd: folder, ...options }),
    async must(args, options) {
      const result = await project.run(['--json', ...args], options);
      if (result.exitCode === 0) return JSON.parse(result.stdout);
      throw new Error(`db-orchestrate ${args.join(' ')} ended with ${result.exitCode}: ${result.stderr}`);
    },
    newest() {
      const names = readdirSync(join(folder, 'backups')).filter(name => name.endsWith('.sql.gz'));
      return join(folder, 'backups', names.sort().at(-1) ?? 'none');
    },
  };
  return project;
}

/** A database of a server, through the server's own client programs. */
export function hostTarget(
  server: PgServer,
  database: string,
  login: { user?: string; password?: string } = {},
) {
  const { binDirectory } = server;
  return { adapter: 'local-hybrid', url: connectionUrl(server, database, login), binDirectory };
}

export function containerTarget(container: Container, database = container.database) {
  const docker = { host: container.engine.host };
  return { adapter: 'container', container: container.name, user: container.user, database, docker };
}
