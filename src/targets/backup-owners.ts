import type { BackupOwner } from '../catalog/catalog.ts';
import { prefixFromDatabase } from '../catalog/file-name.ts';
import type { Config, Target } from '../config/config.ts';
import type { RunContext } from '../contract/run-context.ts';

/** The targets as owners of files; the default one first, so that it is asked first. */
export function backupOwners(config: Config, run: RunContext): BackupOwner[] {
  const isDefault = (target: Target) => target.name === config.defaultTarget;
  const targets = [
    ...config.targets.filter(isDefault),
    ...config.targets.filter(target => !isDefault(target)),
  ];
  return targets.map(target => ({
    name: target.name,
    directory: target.directory,
    prefix: target.prefix ?? databasePrefix(target, run),
  }));
}

function databasePrefix(target: Target, run: RunContext): string | undefined {
  const database = target.adapter.database(target.options, run.env);
  return database === undefined ? undefined : prefixFromDatabase(database);
}
