import type { Server } from '../../contract/adapter.ts';
import { openMaintenance } from '../../postgres/maintenance.ts';
import { serverSettings } from '../../postgres/server-settings.ts';
import type { CheckedFile } from '../check-file.ts';

/**
 * What a scratch server is started with to be like the one that a backup is of. Of the libraries that this had loaded
 * only those of the dump's extensions: others may not be here. Nothing may change what was restored before it is looked
 * at: no job of pg_cron, no worker of TimescaleDB. A file of an old script says nothing of its server's settings; the
 * target's server is asked then, if it can be reached through `open`.
 */
export async function scratchSettings(
  { facts: { extensions }, manifest }: CheckedFile,
  database: string,
  open: () => Promise<Server>,
): Promise<Record<string, string>> {
  const known = manifest?.serverSettings ?? (await settingsOf(open));
  const { TimeZone, bytea_output, lc_monetary = 'C', shared_preload_libraries = '' } = known;
  const libraries = shared_preload_libraries
    .split(/\s*,\s*/)
    .filter(library => /^[\w-]+$/.test(library) && extensions.includes(library));
  return {
    ...(TimeZone && { TimeZone }),
    ...(bytea_output && { bytea_output }),
    ...(!/^(?:C|POSIX|en_US)\b/.test(lc_monetary) && { lc_monetary }),
    ...(libraries.length > 0 && { shared_preload_libraries: libraries.join(',') }),
    ...(extensions.includes('pg_cron') && {
      'cron.database_name': database,
      'cron.launch_active_jobs': 'off',
    }),
    ...(extensions.includes('timescaledb') && { 'timescaledb.max_background_workers': '0' }),
  };
}

async function settingsOf(open: () => Promise<Server>): Promise<Record<string, string>> {
  try {
    const server = await open();
    return await serverSettings(await openMaintenance(server, server.database, server.database));
  } catch {
    return {};
  }
}
