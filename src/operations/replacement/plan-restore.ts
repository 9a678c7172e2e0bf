import type { Server, Session } from '../../contract/adapter.ts';
import { newerSettings } from '../../pipeline/newer-settings.ts';
import { type DatabaseFacts, databaseFacts } from '../../postgres/database-facts.ts';
import type { ByteRange } from '../../postgres/dump-text/strip-ranges.ts';
import { type MayReplace, mayReplace } from '../../postgres/may-replace.ts';
import { missingRoles } from '../../postgres/present.ts';
import { withSession } from '../../postgres/with-session.ts';
import type { CheckedFile } from '../file/check-file.ts';
import { contentsObstacles } from './obstacles/contents.ts';
import { extensionRights } from './obstacles/extension-rights.ts';
import { inPlaceObstacles } from './obstacles/in-place.ts';
import { languageObstacles } from './obstacles/languages.ts';
import type { Obstacle } from './obstacles/obstacle.ts';
import { ownersOutOfReach } from './obstacles/owners.ts';
import { partialObstacles } from './obstacles/partial.ts';
import { pgCronFitness } from './obstacles/pg-cron.ts';
import { spaceFitness } from './obstacles/space.ts';
import { swapObstacles } from './obstacles/swap.ts';
import { tablespaceFitness } from './obstacles/tablespaces.ts';
import { timescaleObstacles } from './obstacles/timescaledb.ts';
import type { RestoreAim, RestoreMode } from './restore-aim.ts';
import { usableFacts } from './usable-facts.ts';

/** What a restore would do, found out before anything is touched. */
export interface RestorePlan {
  readonly target: string;
  readonly server: string;
  readonly database: string;
  readonly mode: RestoreMode;
  /** Whether the live database is backed up before it is touched. */
  readonly safetyBackup: boolean;
  /** The database that would be replaced; undefined when there is none of that name. */
  readonly live: (DatabaseFacts & { readonly bytes: number | null }) | undefined;
  /** Whether the live one holds anything. */
  readonly holdsSomething: boolean;
  /** What the new database is made like: the live one, else the manifest's, else the server's defaults. */
  readonly like: DatabaseFacts | undefined;
  readonly file: CheckedFile;
  /** Parts of its text that cannot stay as they are here. */
  readonly instead: readonly ByteRange[];
  readonly may: MayReplace;
  /** Roles that owners and grants of the backup name and the server does not have. */
  readonly missingRoles: readonly string[];
  readonly warnings: readonly string[];
  /** Why it cannot be done, each with what to do; the restore is refused when there are any. */
  readonly obstacles: readonly Obstacle[];
}

/** Looks at all that a restore needs; nothing is touched. */
export async function planRestore(
  server: Server,
  maintenance: Session,
  file: CheckedFile,
  aim: RestoreAim,
): Promise<RestorePlan> {
  const live = await databaseFacts(maintenance, aim.database);
  const may = await mayReplace(maintenance, aim.database);
  const cron = await pgCronFitness(maintenance, file, aim, live !== undefined);
  const mode = aim.mode ?? possibleMode(live, may, cron);
  const usable = live ? undefined : await usableFacts(maintenance, file.manifest);
  const like = live ?? usable?.facts;
  const tablespaces = await tablespaceFitness(maintenance, file, like);
  const space = await spaceFitness(server, maintenance, file, { live, like, mode });
  const isHeld = live !== undefined && (await withSession(server, live.name, holdsSomething));
  return {
    target: aim.target,
    server: server.describe,
    database: aim.database,
    mode,
    safetyBackup: live !== undefined && (aim.safetyBackup ?? mode === 'in-place'),
    live,
    holdsSomething: isHeld,
    like,
    file,
    instead: tablespaces.instead,
    may,
    missingRoles: await missingRoles(maintenance, [
      ...(usable?.roles ?? []),
      ...(aim.owners ? file.facts.access.flatMap(({ roles }) => roles) : []),
    ]),
    warnings: [
      ...newerDump(server, file),
      ...(usable?.warnings ?? []),
      ...cron.warnings,
      ...space.warnings,
      ...tablespaces.warnings,
      ...otherProgramsLines(file),
    ],
    obstacles: [
      ...partialObstacles(file, isHeld),
      ...(mode === 'in-place'
        ? await inPlaceObstacles(server, live, file.facts.inPlace.makes)
        : server.alone && !aim.atOnce
          ? [noDatabaseBeside(server)]
          : await swapObstacles(maintenance, live, may, { creates: true })),
      ...(await contentsObstacles(maintenance, file, like)),
      ...(await extensionRights(server, maintenance, file, may, mode === 'swap' ? undefined : live?.name)),
      ...languageObstacles(file, may, mode),
      ...cron.obstacles,
      ...(await timescaleObstacles(maintenance, file, mode)),
      ...space.obstacles,
      ...(aim.owners ? await ownersOutOfReach(maintenance, file, may) : []),
    ],
  };
}

/** The mode that is taken when nobody names one. */
export function possibleMode(
  live: DatabaseFacts | undefined,
  may: MayReplace,
  cron: { readonly inPlace: boolean },
): RestoreMode {
  const maySwap = may.create && may.enterOther && !cron.inPlace;
  return live && !maySwap ? 'in-place' : 'swap';
}

async function holdsSomething(session: Session): Promise<boolean> {
  const own = (catalog: string, namespace: string) => `EXISTS (
    SELECT FROM ${catalog} o JOIN pg_namespace n ON n.oid = o.${namespace}
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = o.oid AND d.deptype = 'e'))`;
  const [row] = await session.query<{ something: boolean }>(`
    SELECT ${own('pg_class', 'relnamespace')} OR ${own('pg_proc', 'pronamespace')} OR ${own('pg_type', 'typnamespace')}
      OR EXISTS (SELECT FROM pg_largeobject_metadata) AS something`);
  return row!.something;
}

function noDatabaseBeside({ describe, database }: Server): Obstacle {
  return {
    what: `${describe} has one database, ${database}, and none can be filled beside it`,
    remedy: 'Restore without --into and --mode: its contents are replaced in one transaction.',
  };
}

function newerDump(server: Server, file: CheckedFile): string[] {
  const major = Number.parseInt(file.facts.pgDumpVersion ?? '', 10);
  if (!(major > server.version.major)) return [];
  const settings = newerSettings(major, server.version.major);
  const setAside = settings.length > 0 ? `; set aside is what it does not know: ${settings.join(', ')}` : '';
  return [
    `the file was written by pg_dump ${file.facts.pgDumpVersion}; ${server.describe} may not accept all of it${setAside}`,
  ];
}

/** Old scripts' terminals mixed these into the dump; they are not restored, and a person should know what they said. */
function otherProgramsLines({ facts: { setAside } }: CheckedFile): string[] {
  const shown = setAside
    .slice(0, 10)
    .map(({ line, text }) => `set aside at line ${line} of the file: ${text}`);
  return setAside.length > shown.length
    ? [...shown, `set aside ${setAside.length - shown.length} more lines`]
    : shown;
}
