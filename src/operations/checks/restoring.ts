import type { Server, Session } from '../../contract/adapter.ts';
import type { DatabaseFacts } from '../../postgres/database-facts.ts';
import type { MayReplace } from '../../postgres/may-replace.ts';
import { identifier } from '../../postgres/quote.ts';
import { withSession } from '../../postgres/with-session.ts';
import { sizeInWords } from '../../report/words.ts';
import { missingExtensions } from '../replacement/obstacles/contents.ts';
import { extensionRights } from '../replacement/obstacles/extension-rights.ts';
import { inPlaceObstacles } from '../replacement/obstacles/in-place.ts';
import type { Obstacle } from '../replacement/obstacles/obstacle.ts';
import { pgCronFitness } from '../replacement/obstacles/pg-cron.ts';
import { databaseSpace } from '../replacement/obstacles/space.ts';
import { swapObstacles } from '../replacement/obstacles/swap.ts';
import { possibleMode } from '../replacement/plan-restore.ts';
import { type Check, ok, warning } from './check.ts';

type Live = DatabaseFacts & { readonly bytes: number | null };

/** How a restore would put a backup of this database back, and what stands in its way. */
export async function restoringChecks(
  server: Server,
  maintenance: Session,
  live: Live,
  may: MayReplace,
): Promise<Check[]> {
  const extensions = await withSession(server, live.name, extensionsOf);
  const like = { facts: { extensions } };
  const cron = await pgCronFitness(maintenance, like, { database: live.name, mode: undefined }, true);
  const mode = possibleMode(live, may, cron);
  const missing = await missingExtensions(maintenance, like);
  const rights = await extensionRights(
    server,
    maintenance,
    like,
    may,
    mode === 'swap' ? undefined : live.name,
  );
  const obstacles = [
    ...(mode === 'swap'
      ? await swapObstacles(maintenance, live, may, { creates: true })
      : await inPlaceObstacles(server, live, 0)),
    ...cron.obstacles,
  ];
  return [
    ...(await standby(maintenance)),
    mode === 'swap' || cron.inPlace || server.alone ? wayOf(mode, may, server) : inPlaceOnly(live, may),
    ...found('restore', obstacles),
    ...(missing.length + rights.length === 0
      ? [ok('extensions', `the server has those of the database: ${extensions.join(', ') || 'none'}`)]
      : found('extensions', [...missing, ...rights])),
    ...(await roomCheck(server, maintenance, live)),
  ];
}

function wayOf(mode: 'swap' | 'in-place', may: MayReplace, { alone }: Server): Check {
  if (alone) return ok('restore', 'in place, since there is no database beside it');
  return mode === 'swap'
    ? ok('restore', `by swap: role ${may.role} may create databases`)
    : ok('restore', 'in place, since pg_cron can only be in one database of a server');
}

function inPlaceOnly(live: Live, may: MayReplace): Check {
  const why = may.create
    ? `may enter no database but ${live.name}`
    : 'may not create a database to fill beside the live one';
  const grant = may.create
    ? `GRANT CONNECT ON DATABASE postgres TO ${identifier(may.role)};`
    : `ALTER ROLE ${identifier(may.role)} CREATEDB;`;
  return warning(
    'restore',
    `in place, not by swap: role ${may.role} ${why}`,
    `To have it by swap, as a superuser: ${grant}`,
  );
}

function found(name: string, obstacles: readonly Obstacle[]): Check[] {
  return obstacles.map(({ what, remedy }) => warning(name, what, remedy));
}

async function standby(session: Session): Promise<Check[]> {
  const [row] = await session.query<{ standby: boolean }>('SELECT pg_is_in_recovery() AS standby');
  if (!row!.standby) return [];
  return [
    warning(
      'restore',
      'the server is a standby: nothing can be restored to it',
      'Restore to its primary: make that a target too.',
    ),
  ];
}

async function extensionsOf(session: Session): Promise<string[]> {
  const rows = await session.query<{ name: string }>(
    'SELECT extname AS name FROM pg_extension ORDER BY extname',
  );
  return rows.map(({ name }) => name);
}

/** Silent where it cannot be known. */
async function roomCheck(server: Server, session: Session, live: Live): Promise<Check[]> {
  const space = await databaseSpace(server, session, live);
  if (space === undefined || live.bytes === null) return [];
  const room = `${sizeInWords(space.free)} free where the database (${sizeInWords(live.bytes)}) is`;
  if (space.free >= live.bytes) return [ok('database disk', room)];
  return [
    warning(
      'database disk',
      `${room}: a restore beside it needs more`,
      'Free some space, or drop what is kept for undo: db-orchestrate prune --undo',
    ),
  ];
}
