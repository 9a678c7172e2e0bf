import { Command, InvalidArgumentError } from 'commander';
import type { RetentionPolicy } from '../catalog/retention.ts';
import type { Begin } from './command-line.ts';
import { allTargetsOption, targetOption } from './options.ts';

interface Flags {
  target?: string[];
  allTargets?: true;
  keepLast?: number;
  keepDaily?: number;
  keepWeekly?: number;
  keepMonthly?: number;
  undo?: true;
  dryRun?: true;
}

export function pruneCommand(begin: Begin): Command {
  return new Command('prune')
    .description('apply retention: the configured one, or what the options say')
    .addOption(targetOption())
    .addOption(allTargetsOption())
    .option('--keep-last <n>', 'keep the newest n', count)
    .option('--keep-daily <n>', 'keep the newest of each of the last n days that have one', count)
    .option('--keep-weekly <n>', 'the same for weeks', count)
    .option('--keep-monthly <n>', 'the same for months', count)
    .option('--undo', 'also drop the database that is kept for undo')
    .option('--dry-run', 'say what would go and why the rest stays, but remove nothing')
    .action(async (flags: Flags, command: Command) => {
      const { run, report, loadConfig, exitWith } = begin(command);
      const { pruneExitCode, pruneTargets } = await import('../operations/prune-targets.ts');
      const { selectTargets } = await import('../targets/select-targets.ts');
      const { describePruning } = await import('../report/pruning.ts');
      const config = await loadConfig();
      const targets = selectTargets(config, flags);
      const request = { policy: policyOf(flags), dryRun: flags.dryRun === true, undo: flags.undo === true };
      const result = await pruneTargets(targets, request, config, run);
      report.result(describePruning(result, request.dryRun), result);
      exitWith(pruneExitCode(result));
    });
}

/** Undefined when no option names a rule: then the configuration decides. */
function policyOf({ keepLast, keepDaily, keepWeekly, keepMonthly }: Flags): RetentionPolicy | undefined {
  const policy = { last: keepLast, daily: keepDaily, weekly: keepWeekly, monthly: keepMonthly };
  return Object.values(policy).some(value => value !== undefined) ? policy : undefined;
}

function count(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It has to be a whole number from 1 on.');
}
