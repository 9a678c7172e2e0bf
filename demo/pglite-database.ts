import { join } from 'node:path';
import { startEngine } from '../adapters/pglite/engine.ts';
import { findPackages } from '../adapters/pglite/packages.ts';
import type { DemoDatabase } from './database.ts';

/** In a folder: all of PostgreSQL is in a package of Node's. */
export async function pgliteDatabase(folder: string): Promise<DemoDatabase> {
  const data = join(folder, 'data');
  const packages = findPackages({ cwd: import.meta.dirname });
  return {
    describe: 'PGlite, which is PostgreSQL as a package of Node.js',
    target: { adapter: 'pglite', folder: data },
    async execute(sql) {
      // Closed each time: one process at a time may have the folder.
      const engine = await startEngine({
        packages,
        folder: data,
        database: 'postgres',
        settings: {},
        durable: false,
      });
      try {
        const { output, failure } = await engine.run([{ sql: Buffer.from(sql) }], false);
        if (failure) throw new Error(failure.text);
        return output;
      } finally {
        await engine.close();
      }
    },
    stop: async () => {},
  };
}
