import type { Session } from '../../../contract/adapter.ts';
import type { DatabaseFacts } from '../../../postgres/database-facts.ts';
import { missingRoles, notIn } from '../../../postgres/present.ts';
import { identifier } from '../../../postgres/quote.ts';
import type { CheckedFile } from '../../file/check-file.ts';
import type { Obstacle, WithExtensions } from './obstacle.ts';

/** What the dump needs and the server does not have. `like`: what the database will be like, where that is known. */
export async function contentsObstacles(
  session: Session,
  file: CheckedFile,
  like: DatabaseFacts | undefined,
): Promise<Obstacle[]> {
  return [
    ...(await missingExtensions(session, file)),
    ...(await neededRoles(session, file)),
    ...otherEncoding(file, like),
  ];
}

/** Extensions that it needs and the server cannot offer. */
export async function missingExtensions(session: Session, { facts }: WithExtensions): Promise<Obstacle[]> {
  const missing = await notIn(session, facts.extensions, 'SELECT name FROM pg_available_extensions');
  if (missing.length === 0) return [];
  return [
    {
      what: `the backup needs extensions that the server does not have: ${missing.join(', ')}`,
      remedy: 'Install their packages on the server, or restore to a server of the same image.',
    },
  ];
}

async function neededRoles(session: Session, { facts }: CheckedFile): Promise<Obstacle[]> {
  const missing = await missingRoles(session, facts.roles);
  if (missing.length === 0) return [];
  return [
    {
      what: `the dump gives things to roles that the server does not have: ${missing.join(', ')}`,
      remedy: `Create them: ${missing.map(role => `CREATE ROLE ${identifier(role)};`).join(' ')}`,
    },
  ];
}

/** Bytes of a SQL_ASCII dump are not checked when they are loaded, so they would stay wrong in silence. */
function otherEncoding({ facts }: CheckedFile, like: DatabaseFacts | undefined): Obstacle[] {
  if (facts.encoding !== 'SQL_ASCII' || like === undefined || like.encoding === 'SQL_ASCII') return [];
  return [
    {
      what: `the backup is of a SQL_ASCII database, and ${like.name} is ${like.encoding}`,
      remedy: 'Restore it into a database that does not exist yet, with --into.',
    },
  ];
}
