import { Command } from 'commander';
import { escapeText } from '../report/escape.ts';
import type { Begin } from './command-line.ts';
import { allTargetsOption, jobsOption, targetOption } from './options.ts';

interface Flags {
  target?: string[];
  allTargets?: true;
  label?: string;
  verify?: true;
  jobs?: number;
  dryRun?: true;
}

export function backupCommand(begin: Begin): Command {
  return new Command('backup')
    .description('make a backup of each target')
    .addOption(targetOption())
    .addOption(allTargetsOption())
    .option('--label <text>', 'a note that is shown in the list')
    .option('--verify', 'prove each backup right after it: a full proof, as by the command verify')
    .addOption(jobsOption())
    .option('--dry-run', 'reach each target and say what would be made, but make nothing')
    .action(async (flags: Flags, command: Command) => {
      const line = begin(command);
      const { planBackup } = await import('../operations/backup.ts');
      const { backupTarget } = await import('../operations/backup-target.ts');
      const { eachTarget } = await import('../operations/each-target.ts');
      const { selectTargets } = await import('../targets/select-targets.ts');
      const { backupDocument, describeBackup } = await import('../report/made-backup.ts');
      const { pathInWords, sizeInWords } = await import('../report/words.ts');
      const config = await line.loadConfig();
      const targets = selectTargets(config, flags).map(target => ({
        ...target,
        jobs: flags.jobs ?? target.jobs,
      }));
      const { cwd } = line.run;

      if (flags.dryRun) {
        const planned = await eachTarget(targets, line.run, target => planBackup(target, line.run));
        line.report.result(
          planned.done
            .map(plan => `${escapeText(`would back up ${plan.from} to ${pathInWords(plan.path, cwd)}`)}\n`)
            .join(''),
          { dryRun: true, backups: planned.all },
        );
        return line.exitWith(planned.exitCode);
      }
      const request = { label: flags.label, verify: flags.verify ? ('full' as const) : undefined };
      const made = await eachTarget(targets, line.run, async target => {
        const result = await backupTarget(target, request, config, line.run);
        line.report.say(describeBackup(result));
        return backupDocument(result);
      });
      line.report.result(
        made.done
          .map(({ path, bytes }) => `${escapeText(pathInWords(path, cwd))}  ${sizeInWords(bytes)}\n`)
          .join(''),
        { backups: made.all },
      );
      line.exitWith(made.exitCode);
    });
}
