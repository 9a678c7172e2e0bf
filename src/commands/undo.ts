import { Command } from 'commander';
import type { Begin } from './command-line.ts';
import { oneTargetOption } from './options.ts';

export function undoCommand(begin: Begin): Command {
  return new Command('undo')
    .description('put back the database that the last restore replaced')
    .addOption(oneTargetOption())
    .option('--force', 'do not ask')
    .action(async (flags: { target?: string; force?: true }, command: Command) => {
      const { run, report, loadConfig, confirm } = begin(command);
      const { undo } = await import('../operations/undo.ts');
      const { selectTarget } = await import('../targets/select-targets.ts');
      const { describeUndo } = await import('../report/restore-plan.ts');
      const { durationInWords } = await import('../report/words.ts');
      const target = selectTarget(await loadConfig(), flags.target);
      const ask = async (plan: Parameters<Parameters<typeof undo>[1]>[0]) => {
        report.say(describeUndo(plan));
        if (!flags.force) await confirm('Swap them?');
      };
      const result = await undo(target, ask, run);
      report.say(
        `put back ${result.database} in ${durationInWords(result.seconds)}${result.undo === null ? '' : '; undo again to return'}`,
      );
      report.result('', result);
    });
}
