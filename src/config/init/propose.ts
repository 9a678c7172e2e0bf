import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseBackupFileName, prefixFromDatabase } from '../../catalog/file-name.ts';
import type { RunContext } from '../../contract/run-context.ts';
import { readEnvFile, variableIn } from '../env-file.ts';
import { type Environment, readEnvironment } from '../environment.ts';
import { composeServices } from './compose-services.ts';
import type { Proposal, ProposedTarget, Written } from './config-text.ts';

/** A configuration made of what is found in the working folder: env files, compose file, backups, package.json. */
export async function propose(run: RunContext): Promise<Proposal> {
  const environment = await readEnvironment(run);
  const directory = environment.directory ?? './backups';
  const targets = [
    ...(await localTarget(environment, run)),
    ...named([...(await containerTarget(environment, run)), ...(await composeTargets(environment, run))]),
  ];
  return {
    name:
      environment.name ??
      (await prefixOfBackups(resolve(run.cwd, directory))) ??
      (await packageName(run.cwd)),
    directory,
    targets,
  };
}

type Found = Omit<ProposedTarget, 'name'> & { readonly wanted: string };

/** What the config file will see: `.env` beside it and the environment, but no other env file. */
async function visible(run: RunContext): Promise<(name: string) => boolean> {
  const variable = variableIn(run.env, [await readEnvFile(join(run.cwd, '.env'), run)]);
  return name => Boolean(variable(name));
}

async function localTarget({ targets: { local } }: Environment, run: RunContext): Promise<ProposedTarget[]> {
  if (!local) return [];
  const isVisible = await visible(run);
  const adapter = 'local-hybrid';
  const { url } = local;
  if (url === undefined) {
    const from = "As libpq's own variables say: PGHOST, PGDATABASE, PGSERVICE …";
    return [{ name: 'local', from, settings: { adapter } }];
  }
  const names = url.startsWith('postgresql://?') ? libpqNames(url) : undefined;
  if (names) {
    const from = `${names.join(', ')} as .env has them`;
    return [{ name: 'local', from, settings: { adapter, url: { code: urlOf(names) } } }];
  }
  if (!/^["']?(jdbc:)?postgres(ql)?(\+\w+)?:\/\/|^["']?[a-z_]+\s*=/.test(url)) {
    run.emit({ type: 'warning', message: 'DATABASE_URL was passed over: it is no PostgreSQL URL' });
    return [];
  }
  const from = isVisible('DATABASE_URL')
    ? 'DATABASE_URL of the environment or of .env'
    : 'DATABASE_URL: have it in .env too, which alone this file sees besides the environment';
  return [{ name: 'local', from, settings: { adapter, url: { code: 'process.env.DATABASE_URL' } } }];
}

/** The variables behind a URL that stands in for them. */
function libpqNames(url: string): string[] {
  const keys = url
    .slice('postgresql://?'.length)
    .split('&')
    .map(part => part.split('=', 1)[0]!);
  return keys.map(key => (key === 'dbname' ? 'PGDATABASE' : `PG${key.toUpperCase()}`));
}

function urlOf(names: readonly string[]): string {
  const parameters = names.map(name => {
    const keyword = name === 'PGDATABASE' ? 'dbname' : name.slice(2).toLowerCase();
    return `${keyword}=\${encodeURIComponent(process.env.${name} ?? '')}`;
  });
  return `\`postgresql://?${parameters.join('&')}\``;
}

async function containerTarget({ targets: { docker } }: Environment, run: RunContext): Promise<Found[]> {
  if (!docker) return [];
  const isVisible = await visible(run);
  const { container, user, database } = docker;
  const settings: Record<string, Written> = {
    adapter: 'container',
    container: container!,
    ...(user !== undefined && { user }),
    ...(isVisible('POSTGRES_PASSWORD') && { password: { code: 'process.env.POSTGRES_PASSWORD' } }),
    ...(database !== undefined && { database }),
  };
  return [{ wanted: 'docker', from: 'DB_CONTAINER, POSTGRES_USER and POSTGRES_DB', settings }];
}

async function composeTargets({ targets: { docker } }: Environment, run: RunContext): Promise<Found[]> {
  const services = await composeServices(run.cwd, run);
  return services
    .filter(({ container }) => container === undefined || container !== docker?.container)
    .map(({ service, file, image }) => ({
      wanted: service,
      from: `service ${service} of ${file}${image === undefined ? '' : ` (${image})`}; user and database are the container's own`,
      settings: { adapter: 'container', service },
    }));
}

/** The first is `docker`, as in `make db-backup TARGET=docker`; others have the names of their services. */
function named(found: readonly Found[]): ProposedTarget[] {
  const taken = new Set(['local']);
  return found.map(({ wanted, ...rest }, index) => {
    const base = index === 0 ? 'docker' : prefixFromDatabase(wanted);
    let name = base;
    for (let count = 2; taken.has(name); count += 1) name = `${base}-${count}`;
    taken.add(name);
    return { name, ...rest };
  });
}

/** The prefix of the backups that are there, when all have the same: with another one they would belong to no target. */
async function prefixOfBackups(directory: string): Promise<string | undefined> {
  const files: string[] = await readdir(directory).catch(() => []);
  const prefixes = new Set(files.flatMap(file => parseBackupFileName(file)?.prefix ?? []));
  return prefixes.size === 1 ? [...prefixes][0] : undefined;
}

async function packageName(folder: string): Promise<string | undefined> {
  try {
    const { name } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { name?: unknown };
    return typeof name === 'string' && name !== ''
      ? prefixFromDatabase(name.split('/').at(-1)!).slice(0, 150)
      : undefined;
  } catch {
    return undefined;
  }
}
