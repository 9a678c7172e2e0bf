import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { z } from 'zod';
import { localHybridOptions } from '../../adapters/local-hybrid/options.ts';
import type { Config } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Adapter } from '../../src/contract/adapter.ts';
import type { RunContext, RunEvent } from '../../src/contract/run-context.ts';
import { OrchestrateError } from '../../src/errors.ts';

/** A folder outside of this repository, with files by their path; gone when the test ends. It is a project's root. */
export async function project(t: TestContext, files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'config-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  await mkdir(join(root, '.git'));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

export interface Here {
  readonly env?: RunContext['env'];
  readonly file?: string;
  readonly events?: RunEvent[];
}

/** Loads the configuration as a command would that is run in `cwd`. */
export function load(cwd: string, { env = {}, file, events = [] }: Here = {}): Promise<Config> {
  const run: RunContext = {
    id: '0123abcd',
    signal: new AbortController().signal,
    now: () => new Date(),
    env,
    cwd,
    emit: event => events.push(event),
  };
  return loadConfig(run, adapters, file);
}

/** The error that loading ends with. */
export async function loadFailure(cwd: string, here: Here = {}): Promise<OrchestrateError> {
  const outcome = await load(cwd, here).catch((error: unknown) => error);
  if (outcome instanceof OrchestrateError) return outcome;
  throw outcome instanceof Error ? outcome : new Error('nothing was thrown');
}

export function adapterNamed(name: string, options: z.ZodType): Adapter {
  const unused = () => {
    throw new Error('not part of these tests');
  };
  return { name, options, describe: unused, database: unused, probe: unused, open: unused };
}

const text = z.string().min(1);

export const adapters: readonly Adapter[] = [
  adapterNamed('local-hybrid', localHybridOptions),
  adapterNamed(
    'container',
    z.strictObject({
      container: text,
      user: text.optional(),
      password: text.optional(),
      database: text.optional(),
      docker: z.strictObject({ host: text.optional(), context: text.optional() }).optional(),
    }),
  ),
];
