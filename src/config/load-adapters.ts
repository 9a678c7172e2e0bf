import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Adapter } from '../contract/adapter.ts';
import { OrchestrateError } from '../errors.ts';
import { adapterProblems } from './adapter-problems.ts';
import { importScript } from './import-script.ts';
import { refuseForeignOwner } from './ownership.ts';
import { invalidConfig } from './problems.ts';

/**
 * The adapters of a configuration, by the word that its targets call them: the built-in ones, and those that a path
 * relative to `folder`, or the name of a package that can be found from there, leads to. A word that leads nowhere is
 * left out. Rejects with `usage` when one cannot be loaded, is not what an adapter has to be, or belongs to somebody else.
 */
export async function loadAdapters(
  words: readonly unknown[],
  folder: string,
  builtIn: readonly Adapter[],
): Promise<ReadonlyMap<string, Adapter>> {
  const adapters = new Map(builtIn.map(adapter => [adapter.name, adapter]));
  for (const word of new Set(words)) {
    if (typeof word !== 'string' || adapters.has(word)) continue;
    const file = isPath(word) ? existingFile(word, folder) : await entryOfPackage(word, folder);
    if (file !== undefined) adapters.set(word, await loadAdapter(word, file));
  }
  return adapters;
}

function isPath(word: string): boolean {
  return /^\.{0,2}\//.test(word);
}

function existingFile(word: string, folder: string): string {
  const file = resolve(folder, word);
  if (existsSync(file)) return file;
  throw new OrchestrateError('usage', `adapter ${JSON.stringify(word)}: there is no file ${file}`, {
    hint: 'A path of an adapter starts from the folder of the config file, and has its extension: ./adapters/mine.ts',
  });
}

let asked = 0;

/** The file that an import of the package in that folder would run; undefined when there is no such package. */
async function entryOfPackage(name: string, folder: string): Promise<string | undefined> {
  if (!/^(@[\w.-]+\/)?[\w-][\w.-]*(\/[\w./-]+)?$/.test(name)) return undefined;
  // Only Node's own resolution knows a package's "exports", and it has to be asked from the folder of the config file.
  const question = `adapter:${++asked}`;
  const parentURL = pathToFileURL(join(folder, 'backup.config.js')).href;
  let entry: string | undefined;
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      if (specifier !== question) return next(specifier, context);
      entry = next(name, { ...context, parentURL }).url;
      return { url: 'data:text/javascript,', shortCircuit: true };
    },
  });
  try {
    await import(question);
  } catch (error) {
    if (isMissing(error, name)) return undefined;
    throw new OrchestrateError(
      'usage',
      `adapter ${JSON.stringify(name)} cannot be loaded: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  } finally {
    hooks.deregister();
  }
  return entry?.startsWith('file:') ? fileURLToPath(entry) : undefined;
}

function isMissing(error: unknown, name: string): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return (
    code === 'ERR_MODULE_NOT_FOUND' &&
    message.includes(`package '${name.split('/', name[0] === '@' ? 2 : 1).join('/')}'`)
  );
}

async function loadAdapter(word: string, file: string): Promise<Adapter> {
  await refuseForeignOwner(file);
  const exported = await importScript(file).catch(error => {
    if (!(error instanceof OrchestrateError)) throw error;
    throw new OrchestrateError('usage', `adapter ${JSON.stringify(word)} in ${file}: ${error.message}`, {
      hint: error.hint,
      cause: error,
    });
  });
  const adapter = exported.default ?? exported.adapter;
  const problems = adapterProblems(adapter);
  if (problems.length === 0) return adapter as Adapter;
  throw invalidConfig(`adapter ${JSON.stringify(word)} in ${file}`, problems, path => path, adapterHint);
}

const adapterHint =
  'Let it export one as its default: export default defineAdapter({ … }), whose types come from db-orchestrate.';
