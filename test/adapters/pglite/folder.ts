import { join } from 'node:path';
import { type Engine, startEngine } from '../../../adapters/pglite/engine.ts';
import { findPackages } from '../../../adapters/pglite/packages.ts';

const packages = findPackages({ cwd: import.meta.dirname });

/** What an application has: a folder of PGlite, made when it is not there, and SQL in it. Gives what psql would print. */
export async function inFolder(project: string, sql: string, folder = 'data'): Promise<string> {
  const engine = await openFolder(project, folder);
  try {
    const { output, failure } = await engine.run([{ sql: Buffer.from(sql) }], false);
    if (failure) throw new Error(failure.text);
    return output.trimEnd();
  } finally {
    await engine.close();
  }
}

export function openFolder(project: string, folder = 'data'): Promise<Engine> {
  const start = {
    packages,
    folder: join(project, folder),
    database: 'postgres',
    settings: {},
    durable: false,
  };
  return startEngine(start);
}
