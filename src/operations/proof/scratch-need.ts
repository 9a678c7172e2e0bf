import type { Manifest } from '../../catalog/manifest.ts';
import type { ScratchNeed, Server } from '../../contract/adapter.ts';
import { openMaintenance } from '../../postgres/maintenance.ts';
import { serverSettings } from '../../postgres/server-settings.ts';
import type { CheckedFile } from '../file/check-file.ts';

/** What a backup tells of the server that it is of. */
export interface Origin {
  readonly database: string;
  readonly serverVersion: string | undefined;
  readonly dumpVersion: string | undefined;
  /** Names. */
  readonly extensions: readonly string[];
  /** Undefined for a file of an old script. */
  readonly settings: Readonly<Record<string, string>> | undefined;
}

export function originOf({ manifest, facts }: Pick<CheckedFile, 'manifest' | 'facts'>): Origin {
  return {
    database: manifest?.database.name ?? 'restored',
    serverVersion: manifest?.serverVersion ?? facts.serverVersion,
    dumpVersion: facts.pgDumpVersion,
    extensions: facts.extensions,
    settings: manifest?.serverSettings,
  };
}

/** As far as it is known before the file is read. */
export function recordedOrigin(manifest: Manifest): Origin {
  return {
    database: manifest.database.name,
    serverVersion: manifest.serverVersion,
    dumpVersion: manifest.dumpVersion,
    extensions: manifest.extensions.map(({ name }) => name),
    settings: manifest.serverSettings,
  };
}

/** What the scratch server has to be like. `open` reaches the target's own server. */
export async function scratchNeed(origin: Origin, open: () => Promise<Server>): Promise<ScratchNeed> {
  return {
    serverMajor: majorOf(origin.serverVersion),
    dumpMajor: majorOf(origin.dumpVersion),
    settings: await scratchSettings(origin, open),
  };
}

/**
 * What a scratch server is started with to be like the one that a backup is of. Of the libraries that this had loaded
 * only those of the dump's extensions: others may not be here. Nothing may change what was restored before it is looked
 * at: no job of pg_cron, no worker of TimescaleDB. A file of an old script says nothing of its server's settings; the
 * target's server is asked then, if it can be reached through `open`.
 */
async function scratchSettings(
  { extensions, database, settings }: Origin,
  open: () => Promise<Server>,
): Promise<Record<string, string>> {
  const known = settings ?? (await settingsOf(open));
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

function majorOf(version: string | undefined): number | undefined {
  const major = Number.parseInt(version ?? '', 10);
  return Number.isNaN(major) ? undefined : major;
}
