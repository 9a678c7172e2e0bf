/** A database that the demo has made and may damage. */
export interface DemoDatabase {
  /** "a PostgreSQL server of this machine's programs". */
  readonly describe: string;
  /** Its part of the configuration of db-orchestrate. */
  readonly target: Readonly<Record<string, unknown>>;
  /** Executes SQL text and gives what a SELECT in it prints. */
  execute(sql: string): Promise<string>;
  /** Removes all of it. */
  stop(): Promise<void>;
}

/** Makes one in a new folder; rejects where this machine has nothing to make it of. */
export type MakeDatabase = (folder: string) => Promise<DemoDatabase>;
