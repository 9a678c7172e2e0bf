import type { Manifest } from '../catalog/manifest.ts';
import type { Server, Session } from '../contract/adapter.ts';
import { OrchestrateError } from '../errors.ts';
import { type DatabaseFacts, databaseFacts } from '../postgres/database-facts.ts';
import { identifier, literal } from '../postgres/quote.ts';
import type { CheckedFile } from './check-file.ts';

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
  await refuseMissingRights(maintenance, live);
  if (live) await refuseWhatCannotFollow(maintenance, live.name);
  await refuseMissingExtensions(maintenance, file);
  const like = live ?? (await usableFacts(maintenance, file.manifest));
  refuseOtherEncoding(file, like);
  await refuseMissing(await missingRoles(maintenance, file.facts.roles));
  return {
    target: aim.target,
    server: server.describe,
    database: aim.database,
    live,
    holdsSomething: live !== undefined && (await holdsSomething(server, live.name)),
    like,
    file,
    missingRoles: aim.owners
      ? await missingRoles(
          maintenance,
          file.facts.access.flatMap(({ roles }) => roles),
        )
      : [],
    warnings: newerDump(server, file),
  };
}

async function refuseMissingRights(session: Session, live: DatabaseFacts | undefined): Promise<void> {
  const [role] = await session.query<{ name: string; create: boolean; owns: boolean }>(`
    SELECT current_user AS name, rolcreatedb OR rolsuper AS create,
      ${live ? `pg_has_role(${literal(live.owner)}, 'USAGE')` : 'true'} AS owns
    FROM pg_roles WHERE rolname = current_user`);
  const { name, create, owns } = role!;
  if (!create) {
    throw cannot(
      `role ${name} may not create databases, and a restore fills a new one before it replaces the old`,
      {
        hint: `Allow it, as a superuser: ALTER ROLE ${identifier(name)} CREATEDB;`,
      },
    );
  }
  if (!owns) {
    throw cannot(`role ${name} does not own database ${live!.name}; its owner is ${live!.owner}`, {
      hint: `Make it a member, as a superuser: GRANT ${identifier(live!.owner)} TO ${identifier(name)};`,
    });
  }
}

/** Renaming a database does not take these along, or PostgreSQL refuses to rename it at all. */
async function refuseWhatCannotFollow(session: Session, database: string): Promise<void> {
  const name = literal(database);
  const found = await session.query<{ what: string; hint: string }>(`
    SELECT format('logical replication slot %s', slot_name) AS what,
      format('Drop it when nothing reads from it: SELECT pg_drop_replication_slot(%L);', slot_name) AS hint
    FROM pg_replication_slots WHERE database = ${name}
    UNION ALL
    SELECT format('subscription %s', subname), format('Drop it in that database: DROP SUBSCRIPTION %I;', subname)
    FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid WHERE datname = ${name}
    UNION ALL
    SELECT format('prepared transaction %s', gid), format('End it in that database: ROLLBACK PREPARED %L;', gid)
    FROM pg_prepared_xacts WHERE database = ${name}`);
  if (found.length === 0) return;
  throw cannot(
    `database ${database} cannot be replaced because of: ${found.map(({ what }) => what).join(', ')}`,
    {
      hint: found.map(({ hint }) => hint).join(' '),
    },
  );
}

async function refuseMissingExtensions(session: Session, file: CheckedFile): Promise<void> {
  const missing = await notIn(session, file.facts.extensions, 'SELECT name FROM pg_available_extensions');
  if (missing.length === 0) return;
  throw cannot(`the backup needs extensions that the server does not have: ${missing.join(', ')}`, {
    hint: 'Install their packages on the server, or restore to a server of the same image.',
  });
}

/** Bytes of a SQL_ASCII dump are not checked when they are loaded, so they would stay wrong in silence. */
function refuseOtherEncoding(file: CheckedFile, like: DatabaseFacts | undefined): void {
  const { encoding } = file.facts;
  if (encoding !== 'SQL_ASCII' || like === undefined || like.encoding === 'SQL_ASCII') return;
  throw cannot(`the backup is of a SQL_ASCII database, and ${like.name} is ${like.encoding}`, {
    hint: 'Restore it into a database that does not exist yet, with --into.',
  });
}

async function refuseMissing(roles: readonly string[]): Promise<void> {
  if (roles.length === 0) return;
  throw cannot(`the dump gives things to roles that the server does not have: ${roles.join(', ')}`, {
    hint: `Create them: ${roles.map(role => `CREATE ROLE ${identifier(role)};`).join(' ')}`,
  });
}

/** The manifest's facts as far as this server can follow them: an owner that is missing is left out. */
async function usableFacts(
  session: Session,
  manifest: Manifest | undefined,
): Promise<DatabaseFacts | undefined> {
  if (!manifest) return undefined;
  const { database } = manifest;
  const named = [
    database.owner,
    ...[...(database.privileges ?? [])].map(({ grantee }) => grantee),
    ...database.settings.map(({ role }) => role),
  ];
  const missing = new Set<string | null>(
    await missingRoles(
      session,
      named.filter(role => role !== null),
    ),
  );
  const [me] = await session.query<{ name: string }>('SELECT current_user AS name');
  return {
    ...database,
    owner: missing.has(database.owner) ? me!.name : database.owner,
    privileges: database.privileges?.filter(({ grantee }) => !missing.has(grantee)) ?? null,
    settings: database.settings.filter(({ role }) => !missing.has(role)),
  };
}

async function missingRoles(session: Session, roles: readonly string[]): Promise<string[]> {
  return notIn(session, roles, 'SELECT rolname::text AS name FROM pg_roles');
}

async function notIn(session: Session, names: readonly string[], select: string): Promise<string[]> {
  if (names.length === 0) return [];
  const rows = await session.query<{ name: string }>(select);
  const present = new Set(rows.map(({ name }) => name));
  return [...new Set(names)].filter(name => !present.has(name));
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

function cannot(message: string, details: { hint: string }): OrchestrateError {
  return new OrchestrateError('restore-failed', message, details);
}
