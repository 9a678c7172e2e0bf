import { basename, dirname, join, resolve } from 'node:path';
import type { Adapter } from '../contract/adapter.ts';
import type { RunContext } from '../contract/run-context.ts';
import type { Config } from './config.ts';
import { environmentName, readEnvironment } from './environment.ts';
import { findConfig } from './find-config.ts';
import { loadAdapters } from './load-adapters.ts';
import { invalidConfig } from './problems.ts';
import { adapterWords, type Settings, type TargetSettings, validate } from './schema.ts';

/**
 * What is wanted: from the config file named by `file`, else from the nearest one here or above, else from the
 * environment (then `targets` may be empty). Rejects with `usage`, telling every problem at once.
 */
export async function loadConfig(
  run: RunContext,
  adapters: readonly Adapter[],
  file?: string,
): Promise<Config> {
  const found = await findConfig(run, file);
  if (found === undefined) return fromEnvironment(run, adapters);
  const root = dirname(found.file);
  const result = await checked(found.config, root, adapters);
  if ('problems' in result) throw invalidConfig(basename(found.file), result.problems);
  return { file: found.file, ...complete(result.settings, root, adapters, run) };
}

/** What is wanted, from a configuration at hand; relative folders start from `run.cwd`. Rejects with `usage`. */
export async function configOf(
  raw: unknown,
  run: RunContext,
  adapters: readonly Adapter[],
  needs = { targetsNeeded: true },
): Promise<Config> {
  const result = await checked(raw, run.cwd, adapters, needs);
  if ('problems' in result) throw invalidConfig('the configuration', result.problems);
  return complete(result.settings, run.cwd, adapters, run);
}

async function fromEnvironment(run: RunContext, adapters: readonly Adapter[]): Promise<Config> {
  const byName = new Map(adapters.map(adapter => [adapter.name, adapter]));
  const result = validate(await readEnvironment(run), byName, { targetsNeeded: false });
  if ('problems' in result) throw invalidConfig('the environment', result.problems, environmentName);
  return complete(result.settings, run.cwd, adapters, run);
}

async function checked(
  raw: unknown,
  root: string,
  adapters: readonly Adapter[],
  needs = { targetsNeeded: true },
) {
  return validate(raw, await loadAdapters(adapterWords(raw), root, adapters), needs);
}

/** Fills in defaults, and makes folders absolute: they are written relative to the config file. */
function complete(settings: Settings, root: string, adapters: readonly Adapter[], run: RunContext): Config {
  const absolute = (path: string) => resolve(root, inHome(path, run));
  const directory = absolute(settings.directory ?? 'backups');
  const settled = (own: Partial<TargetSettings>) => ({
    adapters,
    root,
    directory: own.directory === undefined ? directory : absolute(own.directory),
    prefix: own.name ?? settings.name,
    databases: own.databases,
    retention: own.retention ?? settings.retention,
    jobs: own.jobs ?? settings.jobs,
    exclude: own.exclude ?? settings.exclude,
    globals: own.globals ?? settings.globals,
    // Each by itself: a target with a hook of its own must not be silent about its failures.
    hooks: settings.hooks || own.hooks ? { ...settings.hooks, ...own.hooks, folder: root } : undefined,
    verify: own.verify ?? settings.verify,
    scratch: own.scratch ?? settings.scratch,
  });
  const targets = [...settings.targets].map(([name, target]) => ({
    name,
    adapter: target.adapter,
    options: target.options,
    ...settled(target),
  }));
  const { defaultTarget, discover = false } = settings;
  const discovery = { wanted: discover, adapters, common: settled({}) };
  return { root, directory, defaultTarget, targets, discovery };
}

/** No shell has expanded the `~` of a config or env file, and nobody wants a folder of that name. */
function inHome(path: string, run: RunContext): string {
  return run.env.HOME && /^~(\/|$)/.test(path) ? join(run.env.HOME, path.slice(1)) : path;
}
