import { join } from 'node:path';
import { connectionUrl, execute } from '../test/stage/client.ts';
import { installedPrograms } from '../test/stage/host-programs.ts';
import { startServer } from '../test/stage/postgres-server.ts';
import type { DemoDatabase } from './database.ts';

/** On a server of its own, by the programs of this machine. */
export async function hostDatabase(folder: string): Promise<DemoDatabase> {
  const programs = await installedPrograms();
  if (!programs) throw new Error('this machine has no server programs of PostgreSQL');
  const { details: server, stop } = await startServer(programs, join(folder, 'server'));
  await execute(server, 'postgres', 'CREATE DATABASE shop');
  return {
    describe: `PostgreSQL ${programs.major} of this machine`,
    target: { adapter: 'local-hybrid', url: connectionUrl(server, 'shop') },
    execute: sql => execute(server, 'shop', sql),
    stop,
  };
}
