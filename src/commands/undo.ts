import { Command } from 'commander';
import type { ConfirmUndo } from '../operations/undo.ts';
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
      const { describePlan, describeUndo } = await import('../report/restore-plan.ts');
      const { durationInWords } = await import('../report/words.ts');
      const config = await loadConfig();
      const target = selectTarget(config, flags.target);
      const ask: ConfirmUndo = async plan => {
        report.say('kept' in plan ? describeUndo(plan) : describePlan(plan, run));
        if (!flags.force) await confirm('kept' in plan ? 'Swap them?' : 'Replace it?');
      };
      const result = await undo(target, ask, config, run);
      report.say(
        `put back ${result.database} in ${durationInWords(result.seconds)}${result.undo === null ? '' : '; undo again to return'}`,
      );
      report.result('', result);
    });
}
