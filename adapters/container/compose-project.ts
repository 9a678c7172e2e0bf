import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { RunContext } from '../../src/contract/run-context.ts';

export interface ComposeProject {
  readonly name: string;
  /** "COMPOSE_PROJECT_NAME", "/home/me/shop/compose.yaml": what says so. */
  readonly from: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The project that `docker compose` would speak of in this folder: COMPOSE_PROJECT_NAME, also of the `.env` beside the
 * compose file, else that file's `name`, else its folder's name. Undefined when there is no compose file, here or above.
 */
export async function composeProject({
  cwd,
  env,
}: Pick<RunContext, 'cwd' | 'env'>): Promise<ComposeProject | undefined> {
  const variable = 'COMPOSE_PROJECT_NAME';
  if (env[variable]) return { name: env[variable], from: variable };
  const file = await composeFile(cwd, env);
  if (file === undefined) return undefined;
  const folder = dirname(file);
  const beside: Variables = parseEnv(await contents(join(folder, '.env')));
  if (beside[variable]) return { name: beside[variable], from: join(folder, '.env') };
  const written = nameIn(await contents(file), { ...beside, ...env });
  if (written) return { name: written, from: file };
  const name = normalised(basename(folder));
  return name === '' ? undefined : { name, from: file };
}

/** In compose's own order. */
const names = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];

async function composeFile(cwd: string, env: Variables): Promise<string | undefined> {
  if (env.COMPOSE_FILE) {
    const separator = env.COMPOSE_PATH_SEPARATOR || ':';
    return resolve(cwd, env.COMPOSE_FILE.split(separator, 1)[0]!);
  }
  for (let folder = cwd; ; folder = dirname(folder)) {
    const entries: string[] = await readdir(folder).catch(() => []);
    const found = names.find(name => entries.includes(name));
    if (found) return join(folder, found);
    if (folder === dirname(folder)) return undefined;
  }
}

async function contents(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}

/** A key at the left edge is one of the whole file; compose allows variables in its value. */
function nameIn(yaml: string, variables: Variables): string | undefined {
  const [, , value = ''] = /^name:[ \t]+(["']?)(.*?)\1[ \t]*(?:[ \t]#.*)?\r?$/m.exec(yaml) ?? [];
  return value.replaceAll(
    /\$\{(\w+)(?::?-([^}]*))?\}|\$(\w+)/g,
    (_match, name?: string, fallback = '', bare?: string) => variables[name ?? bare ?? ''] || fallback,
  );
}

/** As compose makes a project's name of a folder's. */
function normalised(folder: string): string {
  return folder
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '');
}
