import { join } from 'node:path';
import type { RunContext } from '../contract/run-context.ts';
import { readEnvFile, variableIn } from './env-file.ts';

/**
 * Lets a config file see the variables of the `.env` beside it in `process.env`, as the application itself does;
 * what is set already wins. This is the one place that writes there. They are taken back afterwards: a variable
 * such as NODE_OPTIONS or PGHOST from that file must reach no child program.
 */
export async function withEnvFile<Result>(
  folder: string,
  run: RunContext,
  action: () => Promise<Result>,
): Promise<Result> {
  const file = await readEnvFile(join(folder, '.env'), run);
  const variable = variableIn(process.env, [file]);
  const added = [...file.keys()].filter(name => process.env[name] === undefined);
  const values = added.map(name => [name, variable(name)] as const);
  for (const [name, value] of values) process.env[name] = value;
  try {
    return await action();
  } finally {
    for (const name of added) delete process.env[name];
  }
}
