/** Something real that was started for the tests: what they need to use it, and how it ends. */
export interface Part<Details> {
  /** Survives JSON: test files run in other processes. */
  readonly details: Details;
  stop(): Promise<void>;
}

export interface PgPrograms {
  readonly major: number;
  /** Has initdb, postgres, psql, pg_dump and the rest, all of one version. */
  readonly binDirectory: string;
}

/** A PostgreSQL server and everything to log in as its superuser. */
export interface PgServer extends PgPrograms {
  readonly host: string;
  readonly port: number;
  readonly socketDirectory: string;
  readonly user: string;
  readonly password: string;
}

export interface Engine {
  /** As DOCKER_HOST has it. */
  readonly host: string;
  /** Whether nobody else uses this engine. */
  readonly own: boolean;
  /** Every container of the tests carries it. */
  readonly label: string;
}

export interface Image {
  readonly major: number;
  readonly name: string;
}
