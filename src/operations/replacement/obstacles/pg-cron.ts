import type { Session } from '../../../contract/adapter.ts';
import { identifier, literal } from '../../../postgres/quote.ts';
import type { RestoreAim } from '../restore-aim.ts';
import type { Fitness, WithExtensions } from './obstacle.ts';

/** pg_cron can be created in one database of the server, of a given name, and so not in a new one beside that. */
export async function pgCronFitness(
  session: Session,
  { facts }: WithExtensions,
  { database, mode, atOnce }: Pick<RestoreAim, 'database' | 'mode' | 'atOnce'>,
  exists: boolean,
): Promise<Fitness & { readonly inPlace: boolean }> {
  if (!facts.extensions.includes('pg_cron')) return { inPlace: false, obstacles: [], warnings: [] };
  const refused = (what: string, remedy: string) => ({
    inPlace: false,
    obstacles: [{ what: `the backup needs pg_cron, ${what}`, remedy }],
    warnings: [],
  });
  // A role that may not read the setting is told by the server itself.
  const [home] = await session.query<{ setting: string }>(
    "SELECT setting FROM pg_settings WHERE name = 'cron.database_name'",
  );
  if (home && home.setting !== database)
    return refused(
      `which on this server can only be in database ${home.setting}`,
      `Set cron.database_name = ${literal(database)} and restart the server.`,
    );
  if (!exists && atOnce) return { inPlace: false, obstacles: [], warnings: [] };
  if (!exists)
    return refused(
      'which cannot be created in a new database before that has its name',
      `Create it: CREATE DATABASE ${identifier(database)}; and run the command again, to restore in place.`,
    );
  if (mode === 'swap')
    return refused(
      'which cannot be created in a new database beside the live one',
      'Leave out --mode swap, to restore in place.',
    );
  const why = 'pg_cron can only be in one database of a server: the restore is made in place';
  return { inPlace: true, obstacles: [], warnings: mode === undefined ? [why] : [] };
}
