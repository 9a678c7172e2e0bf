import { OrchestrateError } from '../errors.ts';
import type { RestoreMode } from '../operations/replacement/restore-aim.ts';
import type { RestoreResult } from '../operations/restore.ts';
import { beginRun, type RunOptions } from './run-options.ts';

export interface RestoreOptions extends RunOptions {
  /** A path, `latest`, or as much of an id as only one backup has. */
  readonly backup: string;
  /** The name of a target; a backup of another one is refused without it. */
  readonly target?: string | undefined;
  /** Another database than the target's own; made when missing. */
  readonly into?: string | undefined;
  /** Replace what `into` names although it holds something. */
  readonly force?: boolean | undefined;
  readonly mode?: RestoreMode | undefined;
  /** Back up the live database first; without it only before a restore in place. */
  readonly safetyBackup?: boolean | undefined;
  /** Whether owners and grants are applied; they are without it. */
  readonly owners?: boolean | undefined;
  readonly jobs?: number | undefined;
  /** Asked once all is checked and nothing has been touched; anything but true stops with `refused`. Nobody else is asked. */
  readonly confirm?: ((plan: RestoreSummary) => boolean | Promise<boolean>) | undefined;
}

/** What a restore is about to do. */
export interface RestoreSummary {
  readonly target: string;
  /** "PostgreSQL 15.18 on localhost:5432" */
  readonly server: string;
  readonly database: string;
  readonly mode: RestoreMode;
  /** Bytes of the database that is replaced; null when there is none, or nobody may know. */
  readonly replacedBytes: number | null;
  readonly warnings: readonly string[];
}

/** Puts a backup back. Rejects with an `OrchestrateError`; then the database is as it was before. */
export async function restore(options: RestoreOptions): Promise<RestoreResult> {
  const { run, config } = await beginRun(options);
  const { restore: restoreTarget } = await import('../operations/restore.ts');
  const { selectTarget } = await import('../targets/select-targets.ts');
  const { backup: file, target: name, jobs, confirm, into, mode, safetyBackup } = options;
  const target = selectTarget(config, name);
  const result = await restoreTarget(
    { ...target, jobs: jobs ?? target.jobs },
    {
      ...{ file, into, mode, safetyBackup, targetIsChosen: name !== undefined },
      ...{ owners: options.owners ?? true, force: options.force === true, dryRun: false },
      async confirm(plan) {
        for (const message of plan.warnings) run.emit({ type: 'warning', message });
        const { server, database, live, warnings } = plan;
        const summary = { target: plan.target, server, database, mode: plan.mode, warnings };
        if (confirm && (await confirm({ ...summary, replacedBytes: live?.bytes ?? null })) !== true)
          throw new OrchestrateError('refused', 'not confirmed; nothing was changed');
      },
    },
    config,
    run,
  );
  return result as RestoreResult; // no dry run
}
