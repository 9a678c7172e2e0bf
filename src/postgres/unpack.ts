import type { ClientProcess, Spawn } from '../contract/adapter.ts';
import { askClientVersion } from './client-version.ts';
import { knowsRestrict } from './version.ts';

/**
 * Starts a pg_restore that prints the text of an archive, owners and grants in it: of the one on stdin, or of a folder.
 * A key of the caller's for `\restrict`, as by one of its own no two texts would be the same.
 */
export async function unpack(spawn: Spawn, key: string, folder?: string): Promise<ClientProcess> {
  const restrict = knowsRestrict(await askClientVersion(spawn, 'pg_restore'))
    ? [`--restrict-key=${key}`]
    : [];
  return spawn({
    program: 'pg_restore',
    args: ['--file=-', ...restrict, ...(folder === undefined ? [] : [folder])],
    input: folder === undefined,
  });
}
