import type { Server, Session } from '../contract/adapter.ts';
import { type DatabaseFacts, databaseFacts } from '../postgres/database-facts.ts';
import { missingRoles, notIn } from '../postgres/present.ts';
import { identifier } from '../postgres/quote.ts';
import type { CheckedFile } from './check-file.ts';
import { refuseOwnersOutOfReach } from './owners-in-reach.ts';
import { cannotRestore } from './restore-failure.ts';
import { refuseSwapObstacles } from './swap-obstacles.ts';
import { usableFacts } from './usable-facts.ts';

/** What a restore would do, found out before anything is touched. */
export interface RestorePlan {
  readonly target: string;
  readonly server: string;
  readonly database: string;
  /** The database that would be replaced; undefined when there is none of that name. */
  readonly live: (DatabaseFacts & { readonly bytes: number | null }) | undefined;
  /** Whether the live one holds anything. */
  readonly holdsSomething: boolean;
  /** What the new database is made like: the live one, else the manifest's, else the server's defaults. */
  readonly like: DatabaseFacts | undefined;
  readonly file: CheckedFile;
  /** Roles that owners and grants of the backup name and the server does not have. */
  readonly missingRoles: readonly string[];
  readonly warnings: readonly string[];
}

export interface RestoreAim {
  readonly target: string;
  readonly database: string;
  readonly owners: boolean;
}

/** Rejects with `restore-failed` when the restore could not succeed, saying what to do; nothing has been touched. */
export async function planRestore(
  server: Server,
  maintenance: Session,
  file: CheckedFile,
  aim: RestoreAim,
): Promise<RestorePlan> {
  const live = await databaseFacts(maintenance, aim.database);
  await refuseSwapObstacles(maintenance, live, { creates: true });
  await refuseMissingExtensions(maintenance, file);
  const usable = live ? undefined : await usableFacts(maintenance, file.manifest);
  const like = live ?? usable?.facts;
  refuseOtherEncoding(file, like);
  refuseMissing(await missingRoles(maintenance, file.facts.roles));
  if (aim.owners) await refuseOwnersOutOfReach(maintenance, file);
  return {
    target: aim.target,
    server: server.describe,
    database: aim.database,
    live,
    holdsSomething: live !== undefined && (await holdsSomething(server, live.name)),
    like,
    file,
    missingRoles: await missingRoles(maintenance, [
      ...(usable?.roles ?? []),
      ...(aim.owners ? file.facts.access.flatMap(({ roles }) => roles) : []),
    ]),
    warnings: [...newerDump(server, file), ...(usable?.warnings ?? []), ...otherProgramsLines(file)],
  };
}

async function refuseMissingExtensions(session: Session, file: CheckedFile): Promise<void> {
  const missing = await notIn(session, file.facts.extensions, 'SELECT name FROM pg_available_extensions');
  if (missing.length === 0) return;
  throw cannotRestore(
    `the backup needs extensions that the server does not have: ${missing.join(', ')}`,
    'Install their packages on the server, or restore to a server of the same image.',
  );
}

/** Bytes of a SQL_ASCII dump are not checked when they are loaded, so they would stay wrong in silence. */
function refuseOtherEncoding(file: CheckedFile, like: DatabaseFacts | undefined): void {
  const { encoding } = file.facts;
  if (encoding !== 'SQL_ASCII' || like === undefined || like.encoding === 'SQL_ASCII') return;
  throw cannotRestore(
    `the backup is of a SQL_ASCII database, and ${like.name} is ${like.encoding}`,
    'Restore it into a database that does not exist yet, with --into.',
  );
}

function refuseMissing(roles: readonly string[]): void {
  if (roles.length === 0) return;
  throw cannotRestore(
    `the dump gives things to roles that the server does not have: ${roles.join(', ')}`,
    `Create them: ${roles.map(role => `CREATE ROLE ${identifier(role)};`).join(' ')}`,
  );
}

async function holdsSomething(server: Server, database: string): Promise<boolean> {
  const session = await server.session(database);
  try {
    const own = (catalog: string, namespace: string) => `EXISTS (
      SELECT FROM ${catalog} o JOIN pg_namespace n ON n.oid = o.${namespace}
      WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = o.oid AND d.deptype = 'e'))`;
    const [row] = await session.query<{ something: boolean }>(`
      SELECT ${own('pg_class', 'relnamespace')} OR ${own('pg_proc', 'pronamespace')} OR ${own('pg_type', 'typnamespace')}
        OR EXISTS (SELECT FROM pg_largeobject_metadata) AS something`);
    return row!.something;
  } finally {
    await session.close();
  }
}

function newerDump(server: Server, file: CheckedFile): string[] {
  const major = Number.parseInt(file.facts.pgDumpVersion ?? '', 10);
  if (!(major > server.version.major)) return [];
  return [
    `the file was written by pg_dump ${file.facts.pgDumpVersion}; ${server.describe} may not accept all of it`,
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
