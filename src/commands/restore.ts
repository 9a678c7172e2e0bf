import { Command, Option } from 'commander';
import { OrchestrateError } from '../errors.ts';
import type { RestorePlan } from '../operations/replacement/plan-restore.ts';
import type { Begin } from './command-line.ts';
import { jobsOption, oneTargetOption } from './options.ts';
import type { RestoreFlags } from './restore-flags.ts';
import { restoreTablesCommand } from './restore-tables.ts';
import { tableOption } from './table-option.ts';

export function restoreCommand(begin: Begin): Command {
  return new Command('restore')
    .description('put a backup back')
    .argument(
      '<FILE|latest|ID>',
      'a path, the newest whole backup of the target, or the date part of a file name',
    )
    .addOption(oneTargetOption())
    .addOption(tableOption('only this table, beside the live ones'))
    .option('--schema <name>', 'where --table puts it; without it a new one, named after the backup')
    .option('--force', 'do not ask, and replace what --into names')
    .option('--into <database>', 'another database than the one of the target; made when missing')
    .addOption(
      new Option(
        '--mode <mode>',
        'fill a new database and swap, or replace the contents in one transaction',
      ).choices(['swap', 'in-place']),
    )
    .option('--safety-backup', 'back up the live database first; without it only before a restore in place')
    .option('--no-safety-backup', 'never')
    .option('--no-owners', 'leave out owners and grants')
    .addOption(jobsOption())
    .option('--dry-run', 'check all and say what would be replaced, but change nothing')
    .action(async (typed: string, flags: RestoreFlags, command: Command) => {
      const commandLine = begin(command);
      const { table } = flags;
      if (table) return restoreTablesCommand(typed, { ...flags, table }, commandLine);
      if (flags.schema !== undefined) throw schemaWithoutTable();
      const { run, report, loadConfig, confirm } = commandLine;
      const { refuseObstacles } = await import('../operations/replacement/obstacles/obstacle.ts');
      const { restore } = await import('../operations/restore.ts');
      const { selectTarget } = await import('../targets/select-targets.ts');
      const { describePlan } = await import('../report/restore-plan.ts');
      const { durationInWords } = await import('../report/words.ts');
      const config = await loadConfig();
      const chosen = selectTarget(config, flags.target);
      const target = { ...chosen, jobs: flags.jobs ?? chosen.jobs };
      const tell = (plan: RestorePlan) => {
        for (const warning of plan.warnings) run.emit({ type: 'warning', message: warning });
        report.say(describePlan(plan, run));
      };
      const outcome = await restore(
        target,
        {
          file: typed,
          targetIsChosen: flags.target !== undefined,
          into: flags.into,
          mode: flags.mode,
          safetyBackup: flags.safetyBackup,
          owners: flags.owners,
          force: flags.force === true,
          dryRun: flags.dryRun === true,
          async confirm(plan) {
            tell(plan);
            if (!flags.force) await confirm(plan.live ? 'Replace it?' : 'Go on?');
          },
        },
        config,
        run,
      );
      if ('live' in outcome) {
        tell(outcome);
        refuseObstacles(outcome.obstacles);
        return report.result('', {
          dryRun: true,
          target: outcome.target,
          database: outcome.database,
          from: outcome.file.path,
          mode: outcome.mode,
        });
      }
      report.say(`restored ${outcome.database} in ${durationInWords(outcome.seconds)}`);
      if (outcome.undo !== null) report.say(howToUndo(outcome.undo, flags));
      report.result('', outcome);
    });
}

/** `undo` works on the target's own database. */
function howToUndo(kept: string, { target, into }: RestoreFlags): string {
  if (into !== undefined) return `The replaced database is kept as ${kept}`;
  const chosen = target === undefined ? '' : ` --target ${target}`;
  return `To put the replaced database back, run: db-orchestrate undo${chosen}`;
}

function schemaWithoutTable(): OrchestrateError {
  return new OrchestrateError('usage', '--schema is for single tables', {
    hint: 'Name them with --table, or leave --schema out.',
  });
}
