import type { WrittenContainerOptions } from '../../adapters/container/options.ts';
import type { LocalHybridOptions } from '../../adapters/local-hybrid/options.ts';
import type { WrittenPgliteOptions } from '../../adapters/pglite/options.ts';
import type { RetentionPolicy } from '../catalog/retention.ts';
import type { Exclude } from '../postgres/left-out.ts';
import type { Databases, Globals, Hooks, ScratchPlace, VerifyLevel } from './config.ts';

/** Gives a config file its types: `export default defineConfig({ … })`. Returns what it was given. */
export function defineConfig<Name extends string>(config: BackupConfig<Name>): BackupConfig<Name> {
  return config;
}

/** What backup.config.ts exports. */
export type BackupConfig<Name extends string = string> = CommonConfig & {
  /** One of `targets`; used when a command names none. */
  readonly defaultTarget?: NoInfer<Name> | undefined;
} & (
    | { readonly targets: Targets<Name>; readonly discover?: boolean | undefined }
    | {
        readonly targets?: Targets<Name> | undefined;
        /** Adds a target for each container of the Docker engine that PostgreSQL runs in and that no target names. */
        readonly discover: true;
      }
  );

type Targets<Name extends string> = Readonly<Record<Name, TargetConfig>>;

/** One target. Which other keys it has depends on its `adapter`. */
export type TargetConfig = CommonConfig &
  SeveralDatabases &
  (LocalHybridTarget | ContainerTarget | PgliteTarget | OtherTarget);

interface SeveralDatabases {
  /** Several databases of the server, each with backups of its own; `'all'`: all that there are. Instead of `database`. */
  readonly databases?: Databases | undefined;
}

interface CommonConfig {
  /** Prefix of the backups' file names; without it the database's name. */
  readonly name?: string | undefined;
  /** Folder of the backups, relative to the config file; `./backups` without it. */
  readonly directory?: string | undefined;
  /** What stays; without it nothing is ever removed. */
  readonly retention?: RetentionPolicy | undefined;
  /** How many sessions dump or load side by side; without it as many as there are processors. */
  readonly jobs?: number | undefined;
  /** What backups leave out, as patterns of pg_dump's; such a backup is partial, and no restore replaces a database by it. */
  readonly exclude?: Exclude | undefined;
  /**
   * Roles and tablespaces of the server are kept beside each backup, as SQL; with the hashes of their passwords only with
   * `'with-passwords'`.
   */
  readonly globals?: Globals | undefined;
  /**
   * Programs that are run after what they are named for, without a shell, in the config file's folder; what was done is in
   * their environment (DB_ORCHESTRATE_FILE, DB_ORCHESTRATE_REPORT …). One that fails is only warned of.
   */
  readonly hooks?: Omit<Hooks, 'folder'> | undefined;
  /** The proof right after each backup; none without it. A backup that does not prove is kept aside. */
  readonly verify?: VerifyLevel | false | undefined;
  /** Where a full proof restores to: a throwaway server, or, on this word, a database beside the live one. */
  readonly scratch?: ScratchPlace | undefined;
}

type LocalHybridTarget = { readonly adapter: 'local-hybrid' } & Readonly<LocalHybridOptions>;

type ContainerTarget = { readonly adapter: 'container' } & Readonly<WrittenContainerOptions>;

type PgliteTarget = { readonly adapter: 'pglite' } & Readonly<WrittenPgliteOptions>;

/** An adapter of somebody else: a path that starts from the config file's folder, or a package. Its keys are its own. */
interface OtherTarget {
  readonly adapter: `${'.' | '/' | '@'}${string}` | `db-orchestrate-${string}`;
  readonly [key: string]: unknown;
}
