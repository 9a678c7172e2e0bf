import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterFile } from './after-file.ts';
import { hostPrograms } from './host-programs.ts';
import type { PgPrograms, PgServer } from './part.ts';
import { startServer } from './postgres-server.ts';
import { stage, stageFolder } from './stage.ts';

/** The shared server of this machine's own PostgreSQL: 15 where there is a 15. */
export function hostServer(): Promise<PgServer> {
  return stage('hostServer');
}

/** The shared server of PostgreSQL 17, newer than the host's clients; its own clients are in `binDirectory`. */
export function server17(): Promise<PgServer> {
  return stage('server17');
}

/** A server that only this file uses, for tests that change settings or need a cluster to themselves. */
export async function privateServer(
  settings: Readonly<Record<string, string>> = {},
  programs?: PgPrograms,
): Promise<PgServer> {
  const folder = join(await stageFolder(), `p${randomBytes(4).toString('hex')}`);
  const part = await startServer(programs ?? (await hostPrograms()), folder, settings);
  afterFile(part.stop);
  return part.details;
}
