import { existsSync } from 'node:fs';
import { lstat, readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { cosmiconfig, defaultLoaders, type Loader } from 'cosmiconfig';
import type { RunContext } from '../contract/run-context.ts';
import { OrchestrateError } from '../errors.ts';
import { isEmpty, syntaxError, unreadable } from './file-error.ts';
import { importConfig } from './import-config.ts';
import { refuseForeignOwner } from './ownership.ts';
import { foldersUpToRoot } from './project-root.ts';
import { withEnvFile } from './with-env-file.ts';

export interface FoundConfig {
  /** Absolute path. */
  readonly file: string;
  /** As it was written: not checked yet. */
  readonly config: unknown;
}

/**
 * Reads the config file `given`, else the first one found here or in a parent folder up to the project's root;
 * undefined when there is none. Rejects with `usage` when it cannot be read, runs into an error, is empty, or
 * belongs to somebody else.
 */
export async function findConfig(run: RunContext, given?: string): Promise<FoundConfig | undefined> {
  await refuseForeignMetaConfig(run);
  const explorer = explorerFor(run, given === undefined);
  if (given !== undefined) return loadGiven(explorer, resolve(run.cwd, given));
  for (const folder of foldersUpToRoot(run.cwd, run.env.HOME)) {
    const config = found(await explorer.search(folder)) ?? (await loadPassedOver(explorer, folder));
    if (config) return config;
  }
  return undefined;
}

/** The file of a folder that a search would take, or stumble over; undefined when there is none. Nothing is run. */
export async function configPlaceIn(folder: string): Promise<string | undefined> {
  for (const place of searchPlaces) {
    const file = join(folder, place);
    if (await lstat(file).catch(() => undefined)) return file;
  }
  const manifest = join(folder, 'package.json');
  const text = await readFile(manifest, 'utf8').catch(() => '');
  return /"backup"\s*:/.test(text) && hasOwnKey(text) ? manifest : undefined;
}

function hasOwnKey(text: string): boolean {
  try {
    return (JSON.parse(text) as { backup?: unknown }).backup !== undefined;
  } catch {
    return false;
  }
}

type Explorer = ReturnType<typeof cosmiconfig>;

function explorerFor(run: RunContext, searching: boolean): Explorer {
  try {
    return cosmiconfig('backup', {
      searchPlaces: [...searchPlaces, 'package.json'],
      // One folder at a time: its "global" strategy also reads ~/.config/backup, which other programs use.
      searchStrategy: 'none',
      ignoreEmptySearchPlaces: false,
      cache: false,
      loaders: loadersFor(run, searching),
    });
  } catch (error) {
    throw new OrchestrateError(
      'usage',
      `cosmiconfig's settings in .config cannot be read: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  }
}

const scripts = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'];
const searchPlaces = [...scripts, '.json', '.yaml', '.yml'].map(extension => `backup.config${extension}`);

function loadersFor(run: RunContext, searching: boolean): Record<string, Loader> {
  const json = ownedOnly(defaultLoaders['.json']);
  const yaml = ownedOnly(defaultLoaders['.yaml']);
  const script = ownedOnly(file => withEnvFile(dirname(file), run, () => importConfig(file)));
  const loaders: Record<string, Loader> = {
    ...Object.fromEntries(scripts.map(extension => [extension, script])),
    '.json': (file, content) => (basename(file) === 'package.json' ? packageJson : json)(file, content),
    '.yaml': yaml,
    '.yml': yaml,
    noExt: yaml,
  };
  if (!searching) return loaders;
  const passing = Object.entries(loaders).map(([kind, loader]) => [kind, passingOverMetaConfig(loader)]);
  return Object.fromEntries(passing);
}

/** A search also reads a file of cosmiconfig's own settings, which belongs to other programs too. */
function passingOverMetaConfig(loader: Loader): Loader {
  return (file, content) => (/[\\/]\.config[\\/]config\.\w+$/.test(file) ? {} : loader(file, content));
}

function ownedOnly(loader: Loader): Loader {
  return async (file, content) => {
    await refuseForeignOwner(file);
    const config = await parsed(loader, file, content);
    if (config === undefined || config === null) throw isEmpty(file);
    return config;
  };
}

/** Every project has one, so its owner matters only when it holds a configuration. */
async function packageJson(file: string, content: string): Promise<unknown> {
  const manifest = (await parsed(defaultLoaders['.json'], file, content)) as { backup?: unknown } | null;
  if (manifest?.backup !== undefined) await refuseForeignOwner(file);
  return manifest ?? {};
}

async function parsed(loader: Loader, file: string, content: string): Promise<unknown> {
  try {
    return await loader(file, content);
  } catch (error) {
    throw error instanceof OrchestrateError ? error : syntaxError(error, file);
  }
}

async function loadGiven(explorer: Explorer, file: string): Promise<FoundConfig> {
  const config = await load(explorer, file);
  if (config) return config;
  throw new OrchestrateError('usage', `${file} has no key "backup"`);
}

/**
 * The search goes on silently when a file, or one that it names in `$import`, is missing or may not be read; the
 * run would then follow some other configuration. Loading the file says what is wrong.
 */
async function loadPassedOver(explorer: Explorer, folder: string): Promise<FoundConfig | undefined> {
  for (const place of searchPlaces) {
    const entry = await lstat(join(folder, place)).catch(() => undefined);
    if (entry && !entry.isDirectory()) return load(explorer, join(folder, place));
  }
  return undefined;
}

async function load(explorer: Explorer, file: string): Promise<FoundConfig | undefined> {
  try {
    return found(await explorer.load(file));
  } catch (error) {
    throw error instanceof OrchestrateError ? error : unreadable(error, file);
  }
}

function found(result: Awaited<ReturnType<Explorer['load']>>): FoundConfig | undefined {
  if (result === null) return undefined;
  // Of an empty file no loader is asked.
  if (result.isEmpty && basename(result.filepath) !== 'package.json') throw isEmpty(result.filepath);
  return result.isEmpty ? undefined : { file: result.filepath, config: result.config };
}

/** cosmiconfig runs a file for its own settings, of the working folder, before it is asked for anything. */
async function refuseForeignMetaConfig(run: RunContext): Promise<void> {
  for (const extension of scripts) {
    const file = join(run.cwd, '.config', `config${extension}`);
    if (existsSync(file)) await refuseForeignOwner(file);
  }
}
