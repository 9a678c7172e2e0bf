import type { MayReplace } from '../../../postgres/may-replace.ts';
import type { CheckedFile } from '../../file/check-file.ts';
import type { RestoreMode } from '../restore-aim.ts';
import type { Obstacle } from './obstacle.ts';

/** Functions in languages that a new database does not have, or in which only a superuser may write them. */
export function languageObstacles({ facts }: CheckedFile, may: MayReplace, mode: RestoreMode): Obstacle[] {
  const found: Obstacle[] = [];
  const missing = facts.languages.filter(name => !ofEveryDatabase.includes(name));
  // Any extension of the dump may bring it, and in place one that stays: only without them it is certain.
  if (missing.length > 0 && mode === 'swap' && facts.extensions.length === 0) {
    found.push({
      what: `the backup has functions in languages that it does not bring: ${missing.join(', ')}`,
      remedy: 'Make a backup of the whole database: with a choice of schemas pg_dump leaves extensions out.',
    });
  }
  const dangerous = facts.languages.filter(name => name === 'c' || name === 'internal');
  if (dangerous.length > 0 && !may.superuser) {
    found.push({
      what: `only a superuser may create functions that the backup has, in language ${dangerous.join(' and ')}`,
      remedy: 'Restore as a superuser.',
    });
  }
  return found;
}

const ofEveryDatabase: readonly string[] = ['c', 'internal', 'sql', 'plpgsql'];
