import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultLoaders } from 'cosmiconfig';
import type { RunContext } from '../../contract/run-context.ts';

/** One service of a compose file that runs PostgreSQL. */
export interface ComposeService {
  /** Relative to the folder that was searched. */
  readonly file: string;
  readonly service: string;
  readonly container: string | undefined;
  readonly image: string | undefined;
}

/** In compose's own order; the folder docker/ is asked where there is none beside it. */
const names = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
const places = ['', 'docker'];

/** Services of the first compose file in a folder that look like PostgreSQL. A file that cannot be read is a warning. */
export async function composeServices(folder: string, run: RunContext): Promise<ComposeService[]> {
  for (const place of places) {
    const entries: string[] = await readdir(join(folder, place)).catch(() => []);
    const name = names.find(one => entries.includes(one));
    if (name !== undefined) return servicesOf(join(place, name), folder, run);
  }
  return [];
}

async function servicesOf(file: string, folder: string, run: RunContext): Promise<ComposeService[]> {
  let content: unknown;
  try {
    content = await defaultLoaders['.yaml'](join(folder, file), await readFile(join(folder, file), 'utf8'));
  } catch {
    run.emit({ type: 'warning', message: `${file} was passed over: it cannot be read as YAML` });
    return [];
  }
  return Object.entries(asObject(asObject(content).services)).flatMap(([service, value]) => {
    const { image, container_name: container, ...rest } = asObject(value);
    if (!looksLikePostgres(image, rest)) return [];
    return [{ file, service, container: plain(container), image: plain(image) }];
  });
}

/** By the image; of one that is built here by what is said of it, since applications have the same variables. */
function looksLikePostgres(image: unknown, rest: Readonly<Record<string, unknown>>): boolean {
  if (typeof image === 'string')
    return /postg|pgvector|timescale|spilo/i.test(image) && !/postgrest|exporter/i.test(image);
  const about = JSON.stringify([rest.healthcheck, rest.ports, rest.volumes, rest.expose, rest.build]) ?? '';
  return /pg_isready|\b5432\b|\/var\/lib\/postgresql|postgres/i.test(about) && 'build' in rest;
}

/** What compose would fill in is not known here. */
function plain(value: unknown): string | undefined {
  return typeof value === 'string' && !value.includes('$') ? value : undefined;
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
