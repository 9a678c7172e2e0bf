import type { RestoreMode } from '../operations/replacement/restore-aim.ts';

/** As typed. */
export interface RestoreFlags {
  target?: string;
  table?: string[];
  schema?: string;
  force?: true;
  into?: string;
  mode?: RestoreMode;
  safetyBackup?: boolean;
  owners: boolean;
  jobs?: number;
  dryRun?: true;
}
