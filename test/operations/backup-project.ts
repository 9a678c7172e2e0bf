import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Manifest } from '../../src/catalog/manifest.ts';
import { type CliOptions, runCli, startCli } from '../stage/cli.ts';
import { projectFolder } from '../stage/project-folder.ts';
import type { ProgramResult, RunningProgram } from '../stage/run-program.ts';

/** A folder that the tool is run in, and what it makes there. */
export interface BackupProject {
  readonly folder: string;
  /** Its `backups`. */
  readonly backups: string;
  run(args: readonly string[], options?: CliOptions): Promise<ProgramResult>;
  start(args: readonly string[], options?: CliOptions): RunningProgram;
  /** Everything in `backups`, hidden files too, sorted. */
  names(): string[];
  /** The names of the data files in it. */
  dataNames(): string[];
  manifest(name: string): Manifest;
  text(name: string): string;
}

/** With a configuration, that is written to backup.config.json; `env` is given to each run. */
export function backupProject({
  config,
  env = {},
}: {
  config?: object;
  env?: Record<string, string | undefined>;
}): BackupProject {
  const folder = projectFolder(config ? { 'backup.config.json': JSON.stringify(config) } : {});
  const backups = join(folder, 'backups');
  mkdirSync(backups);
  const names = () => readdirSync(backups).sort();
  const how = (options: CliOptions = {}) => ({ cwd: folder, ...options, env: { ...env, ...options.env } });
  return {
    folder,
    backups,
    run: (args, options) => runCli(args, how(options)),
    start: (args, options) => startCli(args, how(options)),
    names,
    dataNames: () => names().filter(name => name.endsWith('.sql.gz')),
    manifest: name => JSON.parse(readFileSync(join(backups, `${name}.json`), 'utf8')) as Manifest,
    text: name => gunzipSync(readFileSync(join(backups, name))).toString(),
  };
}
