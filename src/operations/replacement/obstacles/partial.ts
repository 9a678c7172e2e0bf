import { leftOutInWords } from '../../../catalog/left-out.ts';
import type { CheckedFile } from '../../file/check-file.ts';
import type { Obstacle } from './obstacle.ts';

/** What a partial backup left out would be gone from a database that it replaces. */
export function partialObstacles({ manifest, path }: CheckedFile, holdsSomething: boolean): Obstacle[] {
  if (!manifest || manifest.leftOut.length === 0 || !holdsSomething) return [];
  return [
    {
      what: `the backup is partial: ${leftOutInWords(manifest.leftOut)}, which the database would lose`,
      remedy: `Restore it beside the live one with --into NEW, or single tables of it with --table NAME; ${path} is not the whole database, and list shows which backups are.`,
    },
  ];
}
