import { constants } from 'node:os';
import type { Config, Target } from '../config/config.ts';
import type { RunContext } from '../contract/run-context.ts';
import { OrchestrateError } from '../errors.ts';
import type { BackupResult } from './backup.ts';
import { backupTarget } from './backup-target.ts';
import { type RestoreRequest, type RestoreResult, restore } from './restore.ts';

/** How a command ended: with an exit code or by a signal; the other one is null. */
export interface CommandEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface GuardRequest {
  /** Runs the command to its end, however that is; rejects when it cannot be started. */
  readonly runCommand: (backup: BackupResult) => Promise<CommandEnd>;
  /** Asked when the command failed; `confirm` may still say no. */
  readonly wantsRestore: (end: CommandEnd, backup: BackupResult) => boolean;
  readonly confirm: RestoreRequest['confirm'];
}

export interface GuardResult {
  readonly backup: BackupResult;
  readonly command: CommandEnd;
  /** Null when the command succeeded, or when nobody wanted the database put back. */
  readonly restored: RestoreResult | null;
  /** The command's own, as a shell reports it. */
  readonly exitCode: number;
}

/**
 * Backs up, runs a command, and puts exactly this backup back if the command fails and that is wanted. No lock is
 * held while the command runs. Rejects as `backup` does, before the command is run; and when putting it back failed,
 * whatever the reason, with `restore-failed`.
 */
export async function guard(
  target: Target,
  request: GuardRequest,
  config: Config,
  run: RunContext,
): Promise<GuardResult> {
  if (target.databases) throw severalDatabases(target.name);
  const backup = await backupTarget(target, { origin: 'guard' }, config, run);
  const command = await request.runCommand(backup);
  const exitCode = command.signal === null ? command.exitCode! : 128 + constants.signals[command.signal];
  const isWanted = exitCode !== 0 && request.wantsRestore(command, backup);
  const restored = isWanted ? await putBack(backup, target, request, config, run) : null;
  return { backup, command, restored, exitCode };
}

/** The command to type for going back to a backup. */
export function howToRestore({ id, target }: BackupResult): string {
  return `db-orchestrate restore ${id} --target ${target}`;
}

async function putBack(
  backup: BackupResult,
  target: Target,
  { confirm }: GuardRequest,
  config: Config,
  run: RunContext,
): Promise<RestoreResult | null> {
  const request = { file: backup.path, targetIsChosen: true, owners: true, force: false, dryRun: false };
  try {
    return (await restore(target, { ...request, confirm }, config, run)) as RestoreResult; // no dry run
  } catch (error) {
    if (!(error instanceof OrchestrateError) || error.code === 'interrupted') throw error;
    if (error.code === 'refused') return null;
    throw restoreFailed(error, backup);
  }
}

function severalDatabases(target: string): OrchestrateError {
  return new OrchestrateError('usage', `guard puts one database back, and target ${target} has several`, {
    hint: 'Configure a target for the one that the command works on, and name it with --target.',
  });
}

function restoreFailed({ message, hint, cause }: OrchestrateError, backup: BackupResult): OrchestrateError {
  const again = `The backup is ${backup.path}; once that is solved, run: ${howToRestore(backup)}`;
  return new OrchestrateError(
    'restore-failed',
    `the command failed, and the restore after it too: ${message}`,
    {
      cause,
      hint: hint === undefined ? again : `${hint} ${again}`,
    },
  );
}
