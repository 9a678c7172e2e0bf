import type { RetentionPolicy } from '../catalog/retention.ts';
import type { Adapter } from '../contract/adapter.ts';
import type { Exclude } from '../postgres/left-out.ts';

/** What is wanted, valid and complete: from a config file, or from the environment when there is none. */
export interface Config {
  /** Absolute path of the config file; undefined when the environment was read instead. */
  readonly file?: string | undefined;
  /** Folder that relative paths start from: the config file's, else the working folder. */
  readonly root: string;
  /** Absolute path of the backup folder. */
  readonly directory: string;
  /** The name of one of `targets`. */
  readonly defaultTarget?: string | undefined;
  /** Empty when nothing is configured; with a config file there is at least one. */
  readonly targets: readonly Target[];
  readonly discovery?: Discovery | undefined;
}

/** What targets that adapters find by themselves are made of. */
export interface Discovery {
  /** Whether they are added to those that are configured. */
  readonly wanted: boolean;
  readonly adapters: readonly Adapter[];
  /** What a target has of which nothing else is said. */
  readonly common: Omit<Target, 'name' | 'adapter' | 'options'>;
}

/** One database, or several of one server, and how to reach it. */
export interface Target {
  readonly name: string;
  readonly adapter: Adapter;
  /** As the adapter's own schema returned them. */
  readonly options: unknown;
  /** Adapters that may help out where its own has no programs that fit. */
  readonly adapters?: readonly Adapter[] | undefined;
  /** Absolute path of the folder that its options are about; without it the working folder. */
  readonly root?: string | undefined;
  /** Absolute path of the backup folder. */
  readonly directory: string;
  /** Prefix of file names when configured; else it comes from the database's name. */
  readonly prefix?: string | undefined;
  /** Several databases of its server, each backed up for itself: those named, or all that there are. */
  readonly databases?: Databases | undefined;
  /** Of these the one that this is about, once it is chosen. */
  readonly database?: string | undefined;
  /** What stays; without it nothing is ever removed. */
  readonly retention?: RetentionPolicy | undefined;
  /** How many sessions dump or load side by side; without it as many as there are processors. */
  readonly jobs?: number | undefined;
  /** What a backup leaves out; those that the tool makes by itself leave nothing out. */
  readonly exclude?: Exclude | undefined;
  /** Whether roles and tablespaces are kept beside each backup, and their password hashes only on that word. */
  readonly globals?: Globals | undefined;
  readonly hooks?: Hooks | undefined;
  /** The proof right after each backup. */
  readonly verify?: VerifyLevel | false | undefined;
  /** Where a proof restores to: a server made for it if nothing else is said, or a database beside the live one. */
  readonly scratch?: ScratchPlace | undefined;
}

export type Databases = 'all' | readonly string[];

export type Globals = boolean | 'with-passwords';

export type HookEvent = 'afterBackup' | 'afterRestore' | 'onFailure';

/** A program and its arguments, which no shell reads. */
export type Argv = readonly [string, ...string[]];

/** What is run after something was done, each a program that is told in its environment what it was. */
export type Hooks = Readonly<Partial<Record<HookEvent, Argv | undefined>>> & {
  /** Absolute path of the folder that they run in. */
  readonly folder: string;
};

/** The file alone is read, or it is restored and what is there compared with it. */
export type VerifyLevel = 'quick' | 'full';

export type ScratchPlace = 'throwaway' | 'same-server';
