/** A new database takes the live one's place, or the live one is emptied and filled in one transaction. */
export type RestoreMode = 'swap' | 'in-place';

/** What a restore is asked to do. */
export interface RestoreAim {
  readonly target: string;
  readonly database: string;
  readonly owners: boolean;
  /** Undefined: as the rights of the role allow. */
  readonly mode: RestoreMode | undefined;
  /** Undefined: where there is no other way back. */
  readonly safetyBackup: boolean | undefined;
  /** Whether a new database is made under its name at once: nothing is beside it. */
  readonly atOnce?: boolean;
}
