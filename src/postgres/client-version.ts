import type { PostgresVersion, Spawn } from '../contract/adapter.ts';
import { OrchestrateError } from '../errors.ts';
import { versionFromBanner } from './version.ts';

/** Asks a client program for its version. Rejects with `no-client` when it cannot be started. */
export async function askClientVersion(
  spawn: Spawn,
  name: 'pg_dump' | 'pg_restore',
): Promise<PostgresVersion> {
  const program = await spawn({ program: name, args: ['--version'], input: false });
  let banner = '';
  for await (const chunk of program.stdout) banner += chunk;
  await program.done.catch(error => {
    throw new OrchestrateError('no-client', `${name} cannot be started: ${error.message}`, { cause: error });
  });
  const version = versionFromBanner(banner);
  if (version) return version;
  throw new OrchestrateError('no-client', `${name} does not tell its version: ${JSON.stringify(banner)}`);
}
