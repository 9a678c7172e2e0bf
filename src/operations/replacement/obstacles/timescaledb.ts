import type { Session } from '../../../contract/adapter.ts';
import { notIn } from '../../../postgres/present.ts';
import type { CheckedFile } from '../../file/check-file.ts';
import { timescaleVersion } from '../../load/with-timescaledb.ts';
import type { RestoreMode } from '../restore-aim.ts';
import type { Obstacle, WithExtensions } from './obstacle.ts';

/** Its catalog is only good for the version that it comes from, and a session that dropped it cannot create it. */
export async function timescaleObstacles(
  session: Session,
  file: WithExtensions & Pick<CheckedFile, 'manifest'>,
  mode: RestoreMode,
): Promise<Obstacle[]> {
  if (!file.facts.extensions.includes('timescaledb')) return [];
  if (mode === 'in-place') {
    const what = 'the backup needs TimescaleDB, which cannot be restored in place';
    return [{ what, remedy: 'Restore as a role that may create databases: ALTER ROLE … CREATEDB;' }];
  }
  const version = timescaleVersion(file);
  const offered = "SELECT version AS name FROM pg_available_extension_versions WHERE name = 'timescaledb'";
  const [missing] = await notIn(session, version === undefined ? [] : [version], offered);
  if (missing === undefined) return [];
  return [
    {
      what: `the backup needs version ${missing} of TimescaleDB, which the server does not have`,
      remedy:
        'Restore to a server that has it, and update there: ALTER EXTENSION timescaledb UPDATE; Or install that version.',
    },
  ];
}
