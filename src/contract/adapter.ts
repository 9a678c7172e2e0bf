import type { Readable, Writable } from 'node:stream';
import type { RunContext } from './run-context.ts';

/** One way to reach a PostgreSQL server. */
export interface Adapter<Options = unknown> {
  /** The word in backup.config.ts. */
  readonly name: string;
  /** Its part of a target's configuration; strict, so that a mistyped key is found. */
  readonly options: OptionsSchema<Options>;
  /** Where the database is, in words a person recognises. Pure, and free of secrets. */
  describe(options: Options): string;
  /** The name of the database when it is known without reaching the server. Pure but for the environment. */
  database(options: Options, env: RunContext['env']): string | undefined;
  /** Whether a server would be reached. Cheap, changes nothing, and does not throw for "not here": it says why. */
  probe(options: Options, run: RunContext): Promise<Probe>;
  /**
   * Reaches the server. Rejects with `usage` when something needed is not configured, `unreachable`, or
   * `no-client`; the message says what was tried and where.
   */
  open(options: Options, run: RunContext): Promise<Server>;
  /**
   * Starts a throwaway server that is like the one that a backup is of and that only this run reaches, as its superuser
   * and with `postgres` as its database. Neither touches nor needs the live server. Closing it ends it and removes all
   * of it; so does the end of our process, SIGKILL included, as far as it can, and else the next call. Rejects with
   * `no-client` when there is nothing to make one of; the hint says what to install.
   */
  scratch?(options: Options, need: ScratchNeed, run: RunContext): Promise<Server>;
  /** Whether `scratch` would find what it makes a server of, in words. Starts nothing; rejects as `scratch` does. */
  probeScratch?(options: Options, need: ScratchMajors, run: RunContext): Promise<string>;
  /** What has to be there on the way to a server, in the order of the way; each is only looked at. */
  readonly steps?: readonly Step<Options>[];
  /**
   * What another adapter needs to know to reach the same server. Asked after `open` or `scratch` rejected with
   * `no-client`. Undefined when the server is none of this machine, or cannot be asked who it is.
   */
  alternative?(options: Options, run: RunContext): Promise<Alternative | undefined>;
  /**
   * Options with which this adapter may reach a server that another one told of, the likeliest first. Whether
   * it is the same server is found out afterwards. Does not throw for "not here".
   */
  optionsFor?(alternative: Alternative, run: RunContext): Promise<readonly Options[]>;
  /**
   * Servers that are found without being told of, by what runs there; quick, and changes nothing. `known`: what is
   * configured. Rejects with `unreachable` or `usage` when there is nowhere to look.
   */
  discover?(known: readonly Options[], run: RunContext): Promise<readonly Discovered<Options>[]>;
}

/** What every zod schema is, whichever copy or version of zod it is of. */
export interface OptionsSchema<Options = unknown> {
  safeParse(
    value: unknown,
  ):
    | { readonly success: true; readonly data: Options }
    | { readonly success: false; readonly error: { readonly issues: readonly OptionsIssue[] } };
}

/** One thing that is wrong with options. */
export interface OptionsIssue {
  readonly path: readonly PropertyKey[];
  /** What was expected; free of secrets. */
  readonly message: string;
}

/** A server that was found. */
export interface Discovered<Options = unknown> {
  /** What it may be called as a target, the wish first, what is unique last; any text. At least one. */
  readonly names: readonly string[];
  readonly options: Options;
  /** Which of its databases are to be backed up, where it says so itself. */
  readonly databases: 'all' | readonly string[] | undefined;
  /** Index of the one of `known` that is the same. */
  readonly knownAs: number | undefined;
}

/** A server that an adapter reaches and has no programs for. */
export interface Alternative extends DirectAddress {
  readonly user: string;
  /** Undefined when none is configured, or a file has it. */
  readonly password: string | undefined;
  readonly database: string;
  readonly identity: ServerIdentity;
}

/** Where a server can be reached by TCP. */
export interface DirectAddress {
  /** A name or an address, as this machine knows it. */
  readonly host: string;
  readonly port: number;
}

/** Which server it is: two ways lead to the same one when it says the same both ways. */
export interface ServerIdentity {
  /** Of the cluster, from its initdb on. */
  readonly system: string;
  /** When it was started, in seconds since 1970. */
  readonly started: string;
}

/** One thing that has to be there before a server can be reached: an engine, a container, client programs. */
export interface Step<Options = unknown> {
  /** "Docker engine" */
  readonly name: string;
  /** Fulfils with what is there, in words; rejects as `open` would. Cheap, changes nothing. */
  look(options: Options, run: RunContext): Promise<string>;
}

/** The versions that a throwaway server is for. */
export interface ScratchMajors {
  /** The major of the server that the backup is of; undefined when that is not known. */
  readonly serverMajor: number | undefined;
  /** The major of the pg_dump that wrote it, which the server's `clientVersion` has where there is such a pg_dump. */
  readonly dumpMajor: number | undefined;
}

/** What a throwaway server is for. */
export interface ScratchNeed extends ScratchMajors {
  /** Settings that the server is started with besides the adapter's own, e.g. shared_preload_libraries. */
  readonly settings: Readonly<Record<string, string>>;
}

export type Probe =
  | { readonly usable: true; readonly describe: string }
  | {
      readonly usable: false;
      readonly reason: string;
      /** What `open` would reject with, where that is known: another adapter may help out. */
      readonly failure?: Error;
    };

/** An open way to one server. Built from a `spawn` by `clientServer` for adapters that have client programs. */
export interface Server {
  /** "PostgreSQL 15.18 on localhost:5433". */
  readonly describe: string;
  /** The database that the target names. */
  readonly database: string;
  readonly version: PostgresVersion;
  /** Of the programs that dump and load. */
  readonly clientVersion: PostgresVersion;
  /**
   * True where nobody else can be in, and all that is opened here takes turns in one session: there is no other moment than
   * the present one, and nothing is done side by side.
   */
  readonly alone?: true;
  /** Where programs of this machine may reach it without the adapter, the likeliest first, and how they log in. */
  readonly direct?: {
    readonly addresses: readonly DirectAddress[];
    readonly user: string;
    readonly password: string | undefined;
  };
  /** Starts pg_dump. Nothing is published before `done` has fulfilled. */
  dump(request: DumpRequest): Promise<ClientProcess>;
  /** Starts pg_dumpall for roles and tablespaces; undefined where there is none. */
  dumpGlobals?(request: { readonly passwords: boolean }): Promise<ClientProcess>;
  /** Starts the program that executes SQL text from its stdin and stops at the first error. */
  load(request: LoadRequest): Promise<ClientProcess>;
  /**
   * Starts a psql that executes commands, each SQL or one of psql's own, and stops at the first error. It writes the rows
   * of COPY … TO STDOUT and what \echo says, and nothing else, to `output`, which it ends. Undefined where nothing is done
   * side by side.
   */
  copyOut?(request: CopyOutRequest): Promise<ClientProcess>;
  /**
   * Starts pg_restore, which writes the SQL text of an archive to its output and connects to no server. The archive is
   * what comes on stdin, or a folder of this host. Rejects with `bad-file` when pg_restore cannot see that folder,
   * `no-client` when there is no pg_restore.
   */
  unpack(folder?: string): Promise<ClientProcess>;
  /**
   * How many bytes are free where a folder is, on the machine or in the container that the client programs run on.
   * Undefined where that is not known; does not reject for it.
   */
  freeBytes?(directory: string): Promise<number | undefined>;
  /** Opens one session; a transaction, a snapshot or an advisory lock lives as long as it does. */
  session(database: string): Promise<Session>;
  /** Ends every session and program that is still open. Safe to call twice. */
  close(): Promise<void>;
}

export interface DumpRequest {
  readonly database: string;
  /** What pg_dump is told besides the connection. */
  readonly args: readonly string[];
}

export interface LoadRequest {
  readonly database: string;
}

export interface CopyOutRequest {
  readonly database: string;
  readonly commands: readonly string[];
  readonly output: Writable;
}

/** A running client program. */
export interface ClientProcess {
  /** Ended at once for programs that read nothing. */
  readonly stdin: Writable;
  /** The program's output and nothing else: no stderr, no terminal's line ends. Back-pressure reaches the program. */
  readonly stdout: Readable;
  /**
   * Fulfils when the program exited 0 and all its output was delivered; rejects with a `ClientFailure`
   * otherwise, also when the way to the program was lost. Never an unhandled rejection.
   */
  readonly done: Promise<void>;
  /** Asks the program to end, wherever it runs, with its server backend. `done` tells when it has. */
  kill(): void;
}

/** What an adapter's `spawn` is asked to start. */
export interface ClientCall {
  readonly program: 'pg_dump' | 'pg_dumpall' | 'pg_restore' | 'psql';
  readonly args: readonly string[];
  /** Additions to the environment, e.g. PGOPTIONS. The connection's own settings are the adapter's to add. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether the caller will write to stdin. */
  readonly input: boolean;
  /**
   * Where the output goes instead of to `stdout`, which is empty then; it is ended with the program's output. Where both
   * are on this host, the program may be given the pipe behind it, so that the bytes do not come by here.
   */
  readonly output?: Writable;
}

/** Starts a client program near the server, told by its environment how to connect. Rejects with `no-client` when it is missing. */
export type Spawn = (call: ClientCall) => Promise<ClientProcess>;

/** How a client program ended when it did not succeed. */
export class ClientFailure extends Error {
  readonly program: string;
  /** null when a signal ended it or the way to it was lost. */
  readonly exitCode: number | null;
  /** The last lines it wrote to stderr, or what became of the way to it. */
  readonly stderr: string;

  constructor(program: string, exitCode: number | null, stderr: string) {
    super(
      `${program} ${exitCode === null ? 'was ended' : `exited with ${exitCode}`}${stderr ? `: ${stderr.trim()}` : ''}`,
    );
    this.name = 'ClientFailure';
    this.program = program;
    this.exitCode = exitCode;
    this.stderr = stderr;
  }
}

export interface PostgresVersion {
  /** As server_version_num: 150018 is 15.18. */
  readonly number: number;
  /** 15 */
  readonly major: number;
  /** "15.18" */
  readonly text: string;
}

/** One open connection to one database. Calls are queued; each waits for the one before. */
export interface Session {
  /** Rows of one SELECT, values as JSON has them. Rejects with a `QueryFailure`. */
  query<Row>(select: string): Promise<Row[]>;
  /** Runs one statement for its effect. Rejects with a `QueryFailure`. */
  execute(statement: string): Promise<void>;
  close(): Promise<void>;
}

/** An SQL error that the server reported. */
export class QueryFailure extends Error {
  readonly sqlState: string;

  constructor(sqlState: string, message: string) {
    super(message);
    this.name = 'QueryFailure';
    this.sqlState = sqlState;
  }
}
