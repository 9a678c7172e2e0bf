import type { Backup } from '../catalog/catalog.ts';
import type { Config, Target } from '../config/config.ts';
import type { RunContext } from '../contract/run-context.ts';
import { failures, interruption } from '../errors.ts';
import { backupFolderChecks } from './checks/backup-folder.ts';
import { type Check, looked } from './checks/check.ts';
import { configFileChecks } from './checks/config-file.ts';
import { hooksChecks } from './checks/hooks.ts';
import { undoCheck } from './checks/kept-for-undo.ts';
import { newestBackupChecks } from './checks/newest-backup.ts';
import { scratchChecks } from './checks/scratch.ts';
import { reachTarget } from './checks/server.ts';
import { list } from './list.ts';

/** What was found of all that one target needs. */
export interface Diagnosis {
  readonly target: string;
  /** Where it is, as the configuration says it. */
  readonly describe: string;
  readonly checks: readonly Check[];
  /** What a backup would end with, as far as can be known beforehand. */
  readonly exitCode: number;
}

/**
 * Looks at everything that a backup, a proof or a restore of the targets would need, and changes nothing. What fails
 * does not stop the rest; what cannot be looked at for it is left out. Rejects only when interrupted.
 */
export async function doctor(
  targets: readonly Target[],
  config: Config,
  run: RunContext,
): Promise<Diagnosis[]> {
  const diagnoses = await Promise.all(targets.map(target => examine(target, config, run)));
  if (run.signal.aborted) throw interruption(run.signal);
  return diagnoses;
}

/** As of a backup of all of them. */
export function doctorExitCode(diagnoses: readonly Diagnosis[]): number {
  const codes = diagnoses.map(({ exitCode }) => exitCode);
  const bad = codes.filter(code => code !== 0);
  if (bad.length === 0) return 0;
  return bad.length === codes.length ? bad[0]! : failures.partial.exitCode;
}

async function examine(target: Target, config: Config, run: RunContext): Promise<Diagnosis> {
  const backups = await list(config, [target], run);
  const ours = backups.filter(backup => backup.target === target.name);
  const reached = await reachTarget(target, run);
  try {
    const majors = { ...majorsOf(ours[0]), ...reached.majors };
    const scratch = await scratchChecks(target, majors, reached.may, run);
    const checks = [
      ...reached.checks,
      ...(await backupFolderChecks(target.directory, ours[0])),
      ...unsaid(scratch, reached.checks),
      ...newestBackupChecks(target.name, ours, run.now()),
      ...(await looked('undo', () => undoCheck(target, reached.open))),
      ...(await hooksChecks(target, run)),
      ...(await configFileChecks(config.file)),
    ];
    const exitCode = exitCodeOf(checks, reached.databases ?? 1);
    return { target: target.name, describe: target.adapter.describe(target.options), checks, exitCode };
  } finally {
    await reached.close();
  }
}

/** Of several databases, those that are well are backed up all the same. */
function exitCodeOf(checks: readonly Check[], databases: number): number {
  const bad = checks.filter(({ level }) => level === 'failed');
  const worst = bad.find(({ database }) => database === undefined) ?? bad[0];
  if (!worst) return 0;
  const touched = new Set(bad.map(({ database }) => database));
  return worst.database !== undefined && touched.size < databases
    ? failures.partial.exitCode
    : worst.exitCode!;
}

/** An engine that is down is said once. */
function unsaid(checks: readonly Check[], said: readonly Check[]): Check[] {
  return checks.filter(({ detail }) => !said.some(other => other.detail === detail));
}

/** Of the server that a backup is of, while that cannot be asked. */
function majorsOf(backup: Backup | undefined) {
  const major = (version: string | undefined) => (version ? Number.parseInt(version, 10) : undefined);
  return {
    serverMajor: major(backup?.manifest?.serverVersion),
    dumpMajor: major(backup?.manifest?.dumpVersion),
  };
}
